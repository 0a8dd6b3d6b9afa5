import { createCompositor } from '../../../../runtime/media/index.ts';
import type {
  Compositor,
  CompositorOptions,
  EncodedFrame,
  Look,
  OutputProfile,
  Scene,
  ScenePerson,
} from '../../../../runtime/media/index.ts';

export const plainLook: Look = {
  layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 25 },
  theme: 'DARK',
  labels: false,
  backgroundColor: null,
  backgroundFile: null,
  watermarks: [],
};

export const canvas = { width: 640, height: 360 };

export const broadcastProfile: OutputProfile = {
  video: { codec: 'h264', ...canvas, bitrateBps: 1_000_000, keyFrameIntervalMs: 2000 },
  audio: { codec: 'aac', bitrateBps: 128_000 },
};

/** Somebody with a camera and a microphone. */
export const person = (participantId: string, changes: Partial<ScenePerson> = {}): ScenePerson => ({
  participantId,
  name: participantId,
  camera: `${participantId}/video`,
  screen: null,
  microphone: `${participantId}/audio`,
  screenAudio: null,
  cameraMuted: false,
  microphoneMuted: false,
  ...changes,
});

export const sceneOf = (...people: ScenePerson[]): Scene => ({
  people,
  activeSpeakerId: null,
  pinnedIds: [],
});

/** What one output has been given. */
export type Received = { pictures: EncodedFrame[]; sounds: EncodedFrame[] };

/** A compositor in real time, fed with clips that are played over and over. Leaving its scope closes it. */
export class LiveComposition implements AsyncDisposable {
  readonly compositor: Compositor;
  readonly restarts: string[] = [];
  readonly failures: Error[] = [];
  readonly keyFrameRequests: string[] = [];
  readonly #startedAtMs = performance.timeOrigin + performance.now();
  readonly #players = new Map<
    string,
    { frames: EncodedFrame[]; periodMs: number; beganMs: number; next: number }
  >();
  readonly #feeding: NodeJS.Timeout;
  readonly #waiting = new Set<{
    received: Received;
    atMs: number;
    resolve: () => void;
    reject: (error: Error) => void;
  }>();

  constructor(options: Partial<CompositorOptions> & { scene: Scene }) {
    this.compositor = createCompositor({
      canvas,
      look: plainLook,
      startedAtMs: this.#startedAtMs,
      requestKeyFrame: (source) => this.keyFrameRequests.push(source),
      onRestart: (reason) => this.restarts.push(reason),
      onFailure: (error) => {
        this.failures.push(error);
        for (const waiting of this.#waiting) waiting.reject(error);
      },
      ...options,
    });
    this.#feeding = setInterval(() => this.#feed(), 5);
  }

  get nowMs(): number {
    return performance.timeOrigin + performance.now() - this.#startedAtMs;
  }

  /** Sends a clip of 30 pictures or 50 Opus packets a second as a source from now on, instead of what it sent before. */
  play(source: string, frames: EncodedFrame[]): void {
    const periodMs = frames[0]?.kind === 'audio' ? 20 : 1000 / 30;
    this.#players.set(source, { frames, periodMs, beganMs: this.nowMs, next: 0 });
  }

  stop(source: string): void {
    this.#players.delete(source);
  }

  /** Opens an output and keeps what it is given. */
  receive(profile: OutputProfile = broadcastProfile): Received & { close(): void; requestKeyFrame(): void } {
    const received: Received = { pictures: [], sounds: [] };
    const output = this.compositor.addOutput(profile, (frame) => {
      (frame.kind === 'video' ? received.pictures : received.sounds).push(frame);
      for (const waiting of this.#waiting) {
        if (waiting.received !== received || frame.timestampMs < waiting.atMs) continue;
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
    });
    return Object.assign(received, {
      close: () => output.close(),
      requestKeyFrame: () => output.requestKeyFrame(),
    });
  }

  /** Resolves when an output has been given a frame of that session time or later; rejects when the composition fails. */
  reached(received: Received, atMs: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.add({ received, atMs, resolve, reject }));
  }

  /** Resolves when an output has been given `durationMs` more, counted from its newest frame or from now. */
  goOn(received: Received, durationMs: number): Promise<void> {
    return this.reached(received, this.nowMs + durationMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#feeding);
    await this.compositor.close();
  }

  #feed(): void {
    for (const [source, player] of this.#players) {
      for (; player.beganMs + player.next * player.periodMs <= this.nowMs; player.next++) {
        const frame = player.frames[player.next % player.frames.length]!;
        this.compositor.push(source, {
          ...frame,
          timestampMs: player.beganMs + player.next * player.periodMs,
        });
      }
    }
  }
}
