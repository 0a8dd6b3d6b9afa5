import type { TranscribedWord } from '../../contract/index.ts';
import type { StepUpdate } from '../../steps/index.ts';

export type TranscribeUpdate =
  | {
      kind: 'interim';
      participantId: string;
      segmentId: string;
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
    }
  | {
      kind: 'final';
      participantId: string;
      segmentId: string;
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
      words: TranscribedWord[] | null;
    }
  | { kind: 'gap'; participantId: string; startMs: number; endMs: number; code: string; message: string }
  | { kind: 'behind'; behind: boolean; backlogMs: number };

const kinds: ReadonlySet<string> = new Set(['interim', 'final', 'gap', 'behind']);
export const isTranscribeUpdate = (update: StepUpdate): update is TranscribeUpdate => kinds.has(update.kind);
