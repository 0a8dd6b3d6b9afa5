import type { CompositionLook } from '../contract/index.ts';
import type { RecordedFile, RecordingPart } from '../media/index.ts';
import type { CompositionRequest, HandedConnection, StepReport, StepUpdate } from '../steps/index.ts';

/** Where steps run, as the supervisor sees it: the other half of the border that rooms have for media. */
export type StepPlane = {
  startStep(step: {
    sessionId: string;
    stepId: string;
    type: string;
    params: Record<string, unknown>;
    part: number;
    directory: string;
    /** Steps of one session with the same composition id share it; null for steps that take none. */
    composition: ({ id: string } & CompositionRequest) | null;
  }): Promise<void>;
  /** Resolves when the step has reported all it leaves behind; at once when it is not there. */
  stopStep(sessionId: string, stepId: string, reason: string): Promise<void>;
  pauseStep(sessionId: string, stepId: string): Promise<void>;
  resumeStep(sessionId: string, stepId: string): Promise<void>;
  /** A message to the running step alone; rejects with `step-not-running` when it is not there. */
  commandStep(sessionId: string, stepId: string, command: StepUpdate): Promise<void>;
  /** Resolves when the session's worker answers; rejects with `worker-lost` when it has ended. */
  reach(sessionId: string): Promise<void>;
  /**
   * Hands the connection of a client over to the running step, which answers its upgrade, or refuses it with the error
   * of the table. Rejects with `worker-lost` when it was not handed over; it is the caller's then, as it was.
   */
  connectStep(sessionId: string, stepId: string, connection: HandedConnection): Promise<void>;
  /** Changes the picture that the step holds, for all who hold it. */
  updateLook(sessionId: string, stepId: string, look: CompositionLook): Promise<void>;
  /** Completes a file a killed worker left open; `null` when nothing of it can be played. `startMs`: session time. */
  recoverFile(path: string, startMs: number): Promise<RecordedFile | null>;
  /** Makes one file of a recording's parts at `path`; `null`, with the parts as they were, when they do not fit. */
  joinFiles(parts: readonly RecordingPart[], path: string): Promise<RecordedFile | null>;
  onReport(
    listener: (report: { sessionId: string; stepId: string; part: number; report: StepReport }) => void,
  ): () => void;
  /** The worker that ran the session's steps is gone; another one has taken the session over. */
  onSessionMoved(listener: (sessionId: string, reason: string) => void): () => void;
};
