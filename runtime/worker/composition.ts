import type {
  ComposedParticipants,
  CompositionConfig,
  CompositionLook,
  TrackKind,
} from '../contract/index.ts';
import type {
  Compositor,
  CompositorOptions,
  CompositorOutput,
  EncodedFrame,
  OutputProfile,
  Scene,
  SourceId,
} from '../media/index.ts';
import {
  canvasOf,
  lookOf,
  mayPassThrough,
  withLook,
  type CompositionRequest,
  type CompositionSink,
} from '../steps/index.ts';
import { CompositionFeed, type SessionPerson } from './composition-feed.ts';
import { buildScene, takenKinds, trackOf } from './composition-scene.ts';
import type { CompositionStatistics } from './messages.ts';
import { FIT_FOR_MS, isFitToPass, takesAsItIs } from './passthrough.ts';
import { SharedOutput } from './shared-output.ts';

/** What a composition sees of its session. */
export type CompositionSurroundings = {
  startedAtMs: number;
  /** Session time, milliseconds. */
  nowMs(): number;
  /** Everybody who is there, in the order they came. */
  people(): readonly SessionPerson[];
  activeSpeakerId(): string | null;
  pinnedIds(): readonly string[];
  createCompositor(options: CompositorOptions): Compositor;
  /** It cannot go on; its sinks have been told. */
  failed(composition: Composition, error: Error): void;
};

/** A compositor and its outputs. Of sound alone while the pictures are the camera's own. */
type Run = {
  readonly compositor: Compositor;
  readonly draws: boolean;
  readonly outputs: Map<SharedOutput, CompositorOutput>;
  ready: boolean;
};

/**
 * One composition of a session: taps whom it shows, tells the compositor who is there, and hands what comes out to
 * any number of sinks; those of equal profile share an encoder.
 *
 * A lone participant whose H.264 is of the picture's own size is not composed: its pictures go out as they are, and
 * the compositor makes the sound. The change to composing and back is told as an interruption.
 */
export class Composition {
  readonly id: string;
  /** Picture size, or null for sound alone. */
  readonly size: { width: number; height: number } | null;
  readonly #chosen: ComposedParticipants | null;
  readonly #surroundings: CompositionSurroundings;
  readonly #feeds = new Map<string, CompositionFeed>();
  readonly #outputs = new Map<string, SharedOutput>();
  #config: CompositionConfig;
  #people: readonly SessionPerson[] = [];
  #run: Run;
  /** Takes over from {@link #run} as soon as it has what continues the output. */
  #next: Run | null = null;
  #picturesFrom: 'run' | 'camera' | 'nobody';
  #cameraSize: { width: number; height: number } | null = null;
  #cameraSeenMs: number;
  /** When the camera last sent a key frame, or was asked for one by the interval of the outputs. */
  #cameraKeyMs = 0;
  #fitSinceMs: number | null = null;
  #refreshing = false;
  #closing: Promise<void> | null = null;

  constructor(id: string, request: CompositionRequest, surroundings: CompositionSurroundings) {
    this.id = id;
    this.#config = request.config;
    this.#chosen = request.participants ?? null;
    this.#surroundings = surroundings;
    this.size = canvasOf(request.config);
    this.#people = surroundings.people();
    this.#cameraSeenMs = surroundings.nowMs();
    const passes = this.#isFit();
    this.#picturesFrom = passes ? 'camera' : 'run';
    this.#run = this.#startRun(this.size !== null && !passes);
    this.#follow();
  }

  /** Opens an encoder of that profile, or joins the one there is. */
  addOutput(profile: OutputProfile, sink: CompositionSink): { requestKeyFrame(): void; close(): void } {
    const key = profileKey(profile);
    let output = this.#outputs.get(key);
    if (!output) {
      output = new SharedOutput(profile);
      this.#outputs.set(key, output);
      this.#openOutput(this.#run, output);
      if (this.#next) {
        this.#openOutput(this.#next, output);
      }
    }
    const shared = output;
    const leave = shared.fanOut.add(sink);
    this.#requestKeyFrame(shared);
    this.#choosePictures();
    return {
      requestKeyFrame: () => {
        this.#requestKeyFrame(shared);
      },
      close: () => {
        leave();
        if (shared.fanOut.size === 0 && this.#outputs.get(key) === shared) {
          this.#outputs.delete(key);
          this.#closeOutput(this.#run, shared);
          if (this.#next) {
            this.#closeOutput(this.#next, shared);
          }
        }
      },
    };
  }

  /** Changes the picture for all who hold it: what is named changes, the rest stays. */
  update(look: CompositionLook): void {
    this.#config = withLook(this.#config, look);
    const whole = lookOf(this.#config);
    this.#run.compositor.setLook(whole);
    this.#next?.compositor.setLook(whole);
    this.#choosePictures();
  }

  /** Adds its numbers to a sum over compositions. */
  addTo(sum: CompositionStatistics): void {
    const stats = this.#run.compositor.stats();
    sum.count += 1;
    sum.picturesMade += stats.picturesOut;
    sum.picturesLate += stats.picturesLate;
    sum.picturesRepeated += stats.picturesRepeated;
    sum.picturesLeftOut += stats.picturesLeftOut;
    sum.sourceFramesDropped += stats.framesDropped;
    sum.restarts += stats.restarts;
  }

  stats(): Record<string, number | string | boolean | null> {
    const { engine, restarts, sources, sourcesLost, framesDropped, ...pictures } =
      this.#run.compositor.stats();
    return {
      engine,
      compositorPid: pictures.pid,
      compositorRestarts: restarts,
      sources,
      sourcesLost,
      sourceFramesDropped: framesDropped,
      passthrough: this.#picturesFrom === 'camera',
      ...(this.#run.draws
        ? {
            picturesOut: pictures.picturesOut,
            picturesLate: pictures.picturesLate,
            picturesRepeated: pictures.picturesRepeated,
            picturesLeftOut: pictures.picturesLeftOut,
            encodeDelayP50Ms: pictures.encodeDelayP50Ms,
            encodeDelayP99Ms: pictures.encodeDelayP99Ms,
          }
        : {}),
    };
  }

  /** Somebody came, went, was muted, renamed, pinned or speaks. Gathers what happens at once. */
  refresh(): void {
    if (!this.#refreshing) {
      this.#refreshing = true;
      queueMicrotask(() => {
        this.#refreshing = false;
        this.#follow();
      });
    }
  }

  /** To be called a few times a second. */
  tick(): void {
    this.#choosePictures();
    if (this.#picturesFrom === 'camera') {
      this.#keepKeyFramesComing();
    }
  }

  close(): Promise<void> {
    if (!this.#closing) {
      for (const feed of this.#feeds.values()) {
        feed.close();
      }
      this.#feeds.clear();
      const runs = this.#next ? [this.#run, this.#next] : [this.#run];
      this.#next = null;
      this.#closing = Promise.all(runs.map(({ compositor }) => compositor.close())).then(() => undefined);
    }
    return this.#closing;
  }

  /** Taps who is to be seen and heard, and tells the compositor. */
  #follow(): void {
    if (this.#closing) {
      return;
    }
    this.#people = this.#surroundings.people();
    const present = new Map(this.#people.map((person) => [person.participantId, person]));
    for (const [participantId, feed] of this.#feeds) {
      const person = present.get(participantId);
      const kinds = person ? takenKinds(person, this.#chosen, this.size !== null) : [];
      if (person?.media !== feed.media || kinds.join() !== feed.kinds.join()) {
        feed.close();
        this.#feeds.delete(participantId);
      }
    }
    for (const person of this.#people) {
      const kinds = takenKinds(person, this.#chosen, this.size !== null);
      if (kinds.length > 0 && !this.#feeds.has(person.participantId)) {
        this.#feeds.set(person.participantId, this.#openFeed(person, kinds));
      }
    }
    this.#setScene(this.#run);
    if (this.#next) {
      this.#setScene(this.#next);
    }
    this.#choosePictures();
  }

  #openFeed(person: SessionPerson, kinds: readonly TrackKind[]): CompositionFeed {
    return new CompositionFeed(person, kinds, {
      frame: (source, kind, frame) => {
        this.#take(source, kind, frame);
      },
      changed: () => {
        this.refresh();
      },
    });
  }

  /** Called per frame. */
  #take(source: SourceId, kind: TrackKind, frame: EncodedFrame): void {
    if (kind === 'video') {
      this.#noteCamera(frame);
      if (this.#picturesFrom === 'camera') {
        for (const output of this.#outputs.values()) {
          if (output.profile.video) {
            output.accept(frame);
          }
        }
      }
    }
    if (frame.kind === 'audio' || this.#run.draws) {
      this.#run.compositor.push(source, frame);
    }
    if (this.#next && (frame.kind === 'audio' || this.#next.draws)) {
      this.#next.compositor.push(source, frame);
    }
  }

  #noteCamera(frame: EncodedFrame): void {
    this.#cameraSeenMs = this.#surroundings.nowMs();
    if (frame.key) {
      this.#cameraKeyMs = this.#cameraSeenMs;
    }
    if (frame.key && frame.width !== undefined && frame.height !== undefined) {
      const { width, height } = frame;
      if (this.#cameraSize?.width !== width || this.#cameraSize.height !== height) {
        this.#cameraSize = { width, height };
        this.#choosePictures();
      }
      if (this.#next?.draws === false && this.#next.ready && this.#continuesAll(frame)) {
        this.#takeOver(this.#next, 'camera', 'the camera is taken as it is');
      }
    }
  }

  #continuesAll(frame: EncodedFrame): boolean {
    for (const output of this.#outputs.values()) {
      if (!output.continuesWith(frame)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the lone participant's pictures can go out as they are, now. */
  #isFit(): boolean {
    const canvas = this.size;
    return (
      canvas !== null &&
      this.#isCameraFit(canvas) &&
      [...this.#outputs.values()].every(({ profile }) => takesAsItIs(profile, canvas))
    );
  }

  #isCameraFit(canvas: { width: number; height: number }): boolean {
    const participants = this.#chosen ?? undefined;
    if (!mayPassThrough({ config: this.#config, participants })) {
      return false;
    }
    const id = participants?.[0]?.participantId;
    const person = this.#people.find(({ participantId }) => participantId === id);
    if (person?.mode !== 'SEND_AND_RECV') {
      return false;
    }
    const { published, muted } = person;
    const camera = {
      codec: published.has('video') ? person.videoCodec : null,
      muted: muted.has('video'),
      size: this.#cameraSize,
      silentMs: this.#surroundings.nowMs() - this.#cameraSeenMs,
      screenShared: published.has('screen_video'),
    };
    return isFitToPass(camera, canvas);
  }

  /** Decides where pictures come from, and begins the change when that is another place than now. */
  #choosePictures(): void {
    if (this.#closing || this.size === null) {
      return;
    }
    const fit = this.#isFit();
    const now = this.#surroundings.nowMs();
    this.#fitSinceMs = fit ? (this.#fitSinceMs ?? now) : null;
    if (this.#run.draws) {
      if (!fit) {
        this.#abandonNext();
      } else if (!this.#next && this.#cameraSize !== null && now - (this.#fitSinceMs ?? now) >= FIT_FOR_MS) {
        this.#next = this.#startRun(false);
      }
    } else if (!fit) {
      if (!this.#isCameraFit(this.size)) {
        // Another size or codec must not reach sinks that were promised this one.
        this.#picturesFrom = 'nobody';
      }
      this.#next ??= this.#startRun(true);
    }
  }

  #startRun(draws: boolean): Run {
    const run: Run = {
      draws,
      ready: false,
      outputs: new Map(),
      compositor: this.#surroundings.createCompositor({
        canvas: draws ? this.size : null,
        look: lookOf(this.#config),
        scene: this.#scene(draws),
        startedAtMs: this.#surroundings.startedAtMs,
        requestKeyFrame: (source) => {
          const { participantId, kind } = trackOf(source);
          this.#feeds.get(participantId)?.requestKeyFrame(kind);
        },
        onRestart: (reason) => {
          this.#restarted(run, reason);
        },
        onFailure: (error) => {
          this.#fail(run, error);
        },
      }),
    };
    for (const output of this.#outputs.values()) {
      this.#openOutput(run, output);
    }
    return run;
  }

  #scene(withPicture: boolean): Scene {
    return buildScene(this.#people, {
      chosen: this.#chosen,
      withPicture,
      activeSpeakerId: this.#surroundings.activeSpeakerId(),
      pinnedIds: this.#surroundings.pinnedIds(),
    });
  }

  #setScene(run: Run): void {
    run.compositor.setScene(this.#scene(run.draws));
  }

  #openOutput(run: Run, output: SharedOutput): void {
    const profile = run.draws ? output.profile : { ...output.profile, video: null };
    run.outputs.set(
      output,
      run.compositor.addOutput(profile, (frame) => {
        this.#made(run, output, frame);
      }),
    );
  }

  #closeOutput(run: Run, output: SharedOutput): void {
    run.outputs.get(output)?.close();
    run.outputs.delete(output);
  }

  /** A run has made a frame. Called per frame. */
  #made(run: Run, output: SharedOutput, frame: EncodedFrame): void {
    if (run === this.#run) {
      if (frame.kind === 'audio' || this.#picturesFrom === 'run') {
        output.accept(frame);
      }
    } else if (run === this.#next) {
      if (frame.kind === 'audio') {
        output.hold(frame);
        if (!run.ready && !run.draws) {
          run.ready = true;
          this.#requestCameraKeyFrame();
        }
      } else {
        this.#offered(run, output, frame);
      }
    }
  }

  /** A picture of the run that is to draw from now on: it begins where the camera's own pictures end. */
  #offered(run: Run, output: SharedOutput, frame: EncodedFrame): void {
    if (this.#picturesFrom === 'camera') {
      this.#picturesFrom = 'nobody';
    }
    if (!output.continuesWith(frame)) {
      return;
    }
    if (frame.key) {
      this.#takeOver(run, 'run', 'the camera’s own pictures cannot be taken: composing');
      output.accept(frame);
    } else if (!run.ready) {
      // Once: the next key frame continues the output.
      run.ready = true;
      for (const made of run.outputs.values()) {
        made.requestKeyFrame();
      }
    }
  }

  #takeOver(run: Run, picturesFrom: 'run' | 'camera', reason: string): void {
    const former = this.#run;
    this.#run = run;
    this.#next = null;
    this.#picturesFrom = picturesFrom;
    for (const [output, made] of run.outputs) {
      output.takeOver(reason);
      if (picturesFrom === 'run') {
        made.requestKeyFrame();
      }
    }
    void former.compositor.close();
  }

  #abandonNext(): void {
    const abandoned = this.#next;
    if (abandoned) {
      this.#next = null;
      for (const output of this.#outputs.values()) {
        output.forget();
      }
      void abandoned.compositor.close();
    }
  }

  #requestKeyFrame(output: SharedOutput): void {
    if (this.#picturesFrom === 'camera') {
      this.#requestCameraKeyFrame();
    } else {
      this.#run.outputs.get(output)?.requestKeyFrame();
    }
  }

  /** A browser sends key frames only when it is asked; segments of HLS and viewers who come late need them. */
  #keepKeyFramesComing(): void {
    let intervalMs = Infinity;
    for (const { profile } of this.#outputs.values()) {
      intervalMs = Math.min(intervalMs, profile.video?.keyFrameIntervalMs ?? Infinity);
    }
    const now = this.#surroundings.nowMs();
    if (now - this.#cameraKeyMs >= intervalMs) {
      this.#cameraKeyMs = now;
      this.#requestCameraKeyFrame();
    }
  }

  #requestCameraKeyFrame(): void {
    for (const feed of this.#feeds.values()) {
      if (feed.kinds.includes('video')) {
        feed.requestKeyFrame('video');
      }
    }
  }

  #restarted(run: Run, reason: string): void {
    // The camera's own pictures do not notice that another child makes the sound.
    if (run === this.#run && this.#picturesFrom === 'run') {
      for (const output of this.#outputs.values()) {
        output.fanOut.interrupt(reason);
      }
    }
  }

  #fail(run: Run, error: Error): void {
    if (this.#closing || (run !== this.#run && run !== this.#next)) {
      return;
    }
    for (const output of this.#outputs.values()) {
      output.fanOut.fail(error);
    }
    this.#surroundings.failed(this, error);
    void this.close();
  }
}

/** Equal for outputs that one encoder can make. */
function profileKey({ video, audio }: OutputProfile): string {
  return JSON.stringify([
    video && [video.codec, video.width, video.height, video.bitrateBps, video.keyFrameIntervalMs],
    [audio.codec, audio.bitrateBps],
  ]);
}
