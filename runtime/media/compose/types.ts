import type { AudioCodec, EncodedFrame } from '../frame.ts';

/** `<participantId>/<kind>`: one track of one participant, as a compositor knows it. */
export type SourceId = string;

/** A person as the picture shows them. A source that is null is not published now. */
export type ScenePerson = {
  participantId: string;
  name: string;
  camera: SourceId | null;
  screen: SourceId | null;
  microphone: SourceId | null;
  screenAudio: SourceId | null;
  /** Published and muted: initials stand for the camera, a mark for the microphone. */
  cameraMuted: boolean;
  microphoneMuted: boolean;
};

/** Who is there, in the order they came, and who speaks or is pinned. */
export type Scene = {
  people: ScenePerson[];
  activeSpeakerId: string | null;
  /** First pinned first. */
  pinnedIds: string[];
};

export type LookWatermark = {
  type: 'image' | 'text' | 'clock';
  /** A local file: images are fetched and checked before they come here. */
  imageFile?: string;
  text?: string;
  timeZone?: string;
  position: 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'center';
  opacity: number;
  widthPercent: number;
};

/** Everything about the picture that may change while it runs; all defaults are filled in. */
export type Look = {
  layout: { type: 'GRID' | 'SPOTLIGHT' | 'SIDEBAR'; priority: 'SPEAKER' | 'PIN'; gridSize: number };
  theme: 'DARK' | 'LIGHT' | 'DEFAULT';
  labels: boolean;
  /** `#rrggbb`, or null for the theme's own. */
  backgroundColor: string | null;
  backgroundFile: string | null;
  watermarks: LookWatermark[];
};

/** What an encoder of a composition makes. Outputs of equal profile share one encoder. */
export type OutputProfile = {
  /** Null: sound alone. The picture is scaled down from the canvas when it is smaller. */
  video: {
    codec: 'h264' | 'vp8';
    width: number;
    height: number;
    bitrateBps: number;
    keyFrameIntervalMs: number;
  } | null;
  audio: { codec: AudioCodec; bitrateBps: number };
};

/** Takes encoded frames of one output, in order per kind, on the session clock. Called per frame. */
export type FrameListener = (frame: EncodedFrame) => void;

export type CompositorOutput = {
  /** The next picture is a key frame. Requests of several sinks are gathered. */
  requestKeyFrame(): void;
  close(): void;
};

export type CompositorStats = {
  engine: string;
  /** The child that composes now. */
  pid: number | null;
  restarts: number;
  picturesOut: number;
  /** Slots whose picture was begun later than half a frame after its time. */
  picturesLate: number;
  /** Pictures that could not be made in time and were repeated to keep the rate. */
  picturesRepeated: number;
  /** Slots without a picture, because the machine had too much to do to catch up. Sound is never left out. */
  picturesLeftOut: number;
  /** From a slot's own time to its encoded frame at the parent, without the chosen delay, of the last minute; milliseconds. */
  encodeDelayP50Ms: number;
  encodeDelayP99Ms: number;
  sources: number;
  /** How often the picture of a source could not be decoded or shown, and its placeholder stood for it. */
  sourcesLost: number;
  /** Frames dropped on the way into the child because it could not keep up. */
  framesDropped: number;
};

export type CompositorOptions = {
  /** Null: sound alone, no picture is drawn. */
  canvas: { width: number; height: number } | null;
  look: Look;
  scene: Scene;
  /** `Date.now()`-like time at which the session clock is 0, read on the clock of `performance.timeOrigin + performance.now()`. */
  startedAtMs: number;
  /** Waited for late media before a picture is drawn, in milliseconds; 100 when left out. */
  delayMs?: number;
  /** `auto`: node-av where its binary loads, ffmpeg children elsewhere. */
  engine?: 'auto' | 'node-av' | 'ffmpeg';
  /** A decoder needs a key frame of this source (joined, or frames were lost). */
  requestKeyFrame(source: SourceId): void;
  /** The child ended unexpectedly; another has been started and every output goes on with a key frame. */
  onRestart(reason: string): void;
  /** Starting a child anew does not help: the composition is over. */
  onFailure(error: Error): void;
};

/**
 * One composition: a canvas on which people are laid out, a mix of their sound, and encoders over both, in a
 * child process of its own. Pictures lie on places of 1/30 s of the session clock and audio frames on multiples of
 * their length, also across restarts of the child. All calls are cheap; nothing of them waits.
 */
export type Compositor = {
  setScene(scene: Scene): void;
  setLook(look: Look): void;
  /** One encoded frame of a source of the scene. Frames of unknown sources are dropped. */
  push(source: SourceId, frame: EncodedFrame): void;
  addOutput(profile: OutputProfile, onFrame: FrameListener): CompositorOutput;
  stats(): CompositorStats;
  /** Ends the child; resolves when it has exited. Idempotent. */
  close(): Promise<void>;
};
