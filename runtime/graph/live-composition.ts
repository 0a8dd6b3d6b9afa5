import type { CompositionRequest } from '../steps/index.ts';

/** A composition that live steps share: what is asked of it now, and under which id the worker knows it. */
export type LiveComposition = {
  readonly id: string;
  readonly sessionId: string;
  /** As callers have named it: it is shown, and tells which further steps ask for the same. */
  asked: CompositionRequest;
  /** The same for the worker: images stand as the files they were fetched to. */
  made: CompositionRequest;
};
