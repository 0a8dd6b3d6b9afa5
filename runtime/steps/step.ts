import type { TSchema, Static } from 'typebox';
import type { Socket } from 'node:net';
import type { CompositionLook, TrackKind } from '../contract/index.ts';
import type { CompositionHold } from './composition.ts';
import type { AddressOf, EncodedFrame, RecordedFile, SpeechSettings } from '../media/index.ts';

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
  /** What is published now: ids of tracks by their kind. */
  readonly published: ReadonlyMap<TrackKind, string>;
  requestKeyFrame(kind: TrackKind): void;
  close(): void;
};

/** Who is in the session, as the worker sees it. */
export type StepPerson = {
  participantId: string;
  name: string;
  /** Speaks by a step and not by a client. */
  isServerSide: boolean;
};

/** Hears who comes and who goes; called at once for everybody who is there. */
export type PeopleListener = {
  joined(person: StepPerson): void;
  left(participantId: string): void;
};

/** Sound that a step puts into the room as the microphone of a server-side participant. */
export type Microphone = {
  /** Since when listeners have been offered its track, session time: those who come hear it a moment later. */
  readonly openedAtMs: number;
  /** One Opus packet (48 kHz, 20 ms when nothing else is said), at its time: the caller paces. */
  write(packet: Uint8Array, durationMs?: number): void;
  /** The packets that follow begin a new stretch: there was silence before them. */
  pause(): void;
  /** The step has nothing more to say. The track stays for what comes next: it ends when the participant leaves. */
  close(): void;
};

/** Pictures that a step puts into the room as the camera of a server-side participant; VP8. */
export type Camera = {
  /** Since when the track has been offered, session time. */
  readonly openedAtMs: number;
  /** Sends one VP8 frame now; its own timestamp is not looked at. */
  write(frame: EncodedFrame): void;
  /** The track ends. */
  close(): void;
  /** Somebody needs a key frame. */
  onKeyFrameRequest(listener: () => void): void;
};

/** A WebSocket upgrade that control has let in and handed over with its connection. It is not answered yet. */
export type HandedConnection = {
  socket: Socket;
  /** What has come on it already, behind the request. */
  head: Buffer;
  /** Of the upgrade; whoever asks has been let in already, so nothing secret is among them. */
  headers: Record<string, string>;
  /** The query, in the types of the route's schema and checked against it. */
  query: Record<string, unknown>;
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
  /** Tells of people from now on, first of those who are there; the function returned ends it. */
  people(listener: PeopleListener): () => void;
  /** Levels of RFC 6464 of everybody's microphone that has them, muted ones left out: 0 (loudest) to 127. */
  onAudioLevel(listener: (participantId: string, level: number, atMs: number) => void): () => void;
  /**
   * The microphone of a server-side participant, which control has let in before.
   *
   * @throws RoomflowError `participant-not-found`; `not-server-side` for somebody who has media of their own.
   */
  openMicrophone(participantId: string): Microphone;
  openCamera(participantId: string): Camera;
  /** Recognisers and voices as the operator has set them; secrets are in it. */
  speech: SpeechSettings;
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
  /**
   * Takes over a connection of a client that streams from or to this step. What is thrown is answered with its HTTP
   * status instead.
   */
  connect?(connection: HandedConnection): void;
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
