import type { StepType } from '../../../contract/index.ts';
import type { Known } from '../item.ts';
import type { Parameters } from '../parameters.ts';

/** What a node of n8n becomes: a step to start, or the end of those of its type. Null: it cannot be carried over. */
export type StepDraft =
  | {
      kind: 'start';
      do: StepType;
      with: Record<string, unknown>;
      /** The tap that feeds it. */
      from: string | null;
      /** For whom it works, as the next node is told. */
      participant: Known | null;
      /** Goes on with what follows only when the step has ended. */
      waits: boolean;
    }
  | { kind: 'stop'; do: StepType }
  /** Has a recording transcribed once it has ended. */
  | { kind: 'transcribe-recording'; recordingNodeId: string; options: Record<string, unknown> };

/** How nodes of one type become steps. */
export type Translation = {
  /** Whether it works on the whole room, or on one participant or track. */
  ofRoom(parameters: Parameters): boolean;
  draft(parameters: Parameters): StepDraft | null;
};
