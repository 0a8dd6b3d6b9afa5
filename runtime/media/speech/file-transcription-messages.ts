import type { ErrorCode, SpeechEngineSettings } from '../../contract/index.ts';
import type { FileSegment } from './types.ts';

/** What a child that transcribes a file is told, once. The engine's key is in it: it never stands in an argument. */
export type FileTranscriptionOrder = {
  path: string;
  engine: SpeechEngineSettings;
  language: string | null;
  fromMs: number | null;
  toMs: number | null;
};

/** What it tells. */
export type FileTranscriptionNews =
  | { type: 'progress'; share: number }
  | { type: 'segment'; segment: FileSegment }
  | { type: 'done' }
  | { type: 'failed'; code: ErrorCode; message: string };
