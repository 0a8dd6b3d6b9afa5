import type { TSchema, Static } from 'typebox';
import type { CompositionLook, TrackKind } from '../contract/index.ts';
import type { CompositionHold } from './composition.ts';
import type { AddressOf, EncodedFrame, RecordedFile } from '../media/index.ts';

/** Told by steps to their services in control; plain JSON. Each step type adds its own. */
export type StepUpdate = { kind: string; [key: string]: unknown };

/** Reports of a running step to the machine that owns its lifecycle. A step never changes state itself. */
export type StepReport =
  | { type: 'progress'; progress: Record<string, number | string | boolean | null> }
  | { type: 'asset'; file: RecordedFile }
  /** What a step tells its service in control, in order, and which is not kept: a new HLS part, an output's state. */
  | { type: 'update'; update: StepUpdate }
  | { type: 'retry'; code: string; message: string }
  | { type: 'failure'; code: string; message: string }
  /** The input is over for good: the step has nothing more to do. */
  | { type: 'ended'; reason: string };

/** Receives what a tap delivers. Called per frame: no promise, no allocation worth naming. */
export type FrameSink = {
  frame(kind: TrackKind, frame: EncodedFrame): void;
  muted(kind: TrackKind, muted: boolean): void;
  /** The track stopped being published. A new one of the same kind may follow. */
  trackEnded(kind: TrackKind): void;
  /** The participant left the session. */
  participantLeft(): void;
};

/** A held reference to tracks of a participant; media flows while it is open. */
export type FrameTap = {
  /** What is published now. */
  readonly published: ReadonlySet<TrackKind>;
  requestKeyFrame(kind: TrackKind): void;
  close(): void;
};

/** What a step is given: its place in the world, its inputs, and where to report. */
export type StepContext<P> = {
  stepId: string;
  sessionId: string;
  roomId: string;
  params: P;
  /** 1 for the first start; grows when the step is taken up again after a crash. */
  part: number;
  /** Where the step may leave assets. Exists. */
  directory: string;
  /** Session clock, milliseconds since the session began. Monotonic. */
  nowMs(): number;
  tap(participantId: string, kinds: readonly TrackKind[], sink: FrameSink): FrameTap;
  /** Where on behalf of a caller a connection may be made to: every one that is made asks for its address first. */
  addressOf: AddressOf;
  /**
   * Takes hold of the step's composition; it is started when nobody holds it yet. Which one that is, and with whom it
   * is shared, control has decided: steps whose `config` and `participants` are equal, and those that name a
   * `compose` step in `from`, so that a fresh worker shares as the lost one did.
   *
   * @throws RoomflowError `composition-failed` for a step that takes none.
   */
  compose(): CompositionHold;
  report(report: StepReport): void;
};

/** A running step. `stop` is idempotent and resolves when all assets were reported. */
export type RunningStep = {
  stop(reason: string): Promise<void>;
  pause?(): void;
  resume?(): void;
  /** Changes a composition's look while it runs. */
  updateLook?(look: CompositionLook): void;
  /** A message to this step type alone, plain JSON: add or remove an output, say. */
  command?(command: StepUpdate): void;
};

/** What flows through a port: encoded frames of a media kind, or assets. */
export type Port = { name: string; carries: 'audio' | 'video' | 'audio-video' | 'asset' };

/** One step type: one file, registered in `registry.ts`. */
export type StepType<S extends TSchema = TSchema> = {
  readonly name: string;
  readonly params: S;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The params as they may be stored and shown; left out: as they are. Stream keys are taken out here. */
  conceal?(params: Static<S>): Static<S>;
  start(context: StepContext<Static<S>>): RunningStep;
};

/** Keeps the params type of one step type while it is defined. */
export function defineStep<S extends TSchema>(step: StepType<S>): StepType<S> {
  return step;
}
