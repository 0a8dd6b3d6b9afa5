import type { TrackKind } from '../../../../runtime/contract/index.ts';
import type {
  Compositor,
  CompositorOptions,
  EncodedFrame,
  OutputProfile,
  Scene,
} from '../../../../runtime/media/index.ts';
import type { FrameSink } from '../../../../runtime/steps/index.ts';
import type { SessionPerson } from '../../../../runtime/worker/composition-feed.ts';
import type { PresentPerson } from '../../../../runtime/worker/composition-scene.ts';
import { Compositions } from '../../../../runtime/worker/compositions.ts';

/** A compositor of which a test sees what it is given, and says what it makes. */
export type CompositorDouble = {
  readonly options: CompositorOptions;
  readonly scenes: Scene[];
  readonly looks: CompositorOptions['look'][];
  readonly pushed: { source: string; frame: EncodedFrame }[];
  /** Of the outputs that are open. */
  readonly profiles: OutputProfile[];
  keyFrameRequests: number;
  isClosed: boolean;
  /** Hands a frame to every open output that takes its kind. */
  make(frame: EncodedFrame): void;
};

/** A session with people in it, a clock that stands until it is moved, and compositors that make nothing themselves. */
export class SessionDouble {
  readonly compositors: CompositorDouble[] = [];
  readonly compositions: Compositions;
  readonly keyFrameRequests: string[] = [];
  nowMs = 0;
  activeSpeakerId: string | null = null;
  pinnedIds: string[] = [];
  #people: SessionPerson[] = [];
  readonly #sinks = new Map<string, { kinds: readonly TrackKind[]; sink: FrameSink }>();

  constructor() {
    this.compositions = new Compositions({
      startedAtMs: 0,
      nowMs: () => this.nowMs,
      people: () => this.#people,
      activeSpeakerId: () => this.activeSpeakerId,
      pinnedIds: () => this.pinnedIds,
      createCompositor: (options) => this.createCompositor(options),
    });
  }

  /** Somebody comes, or is another from now on. */
  async present(
    person: Partial<PresentPerson> & { participantId: string; videoCodec?: string; media?: object },
  ): Promise<void> {
    const { participantId } = person;
    const before = this.#people.find((one) => one.participantId === participantId);
    const now: SessionPerson = {
      name: participantId,
      mode: 'SEND_AND_RECV',
      published: new Set(['audio', 'video']),
      muted: new Set(),
      videoCodec: 'vp8',
      media: {},
      tap: (kinds, sink) => {
        this.#sinks.set(participantId, { kinds, sink });
        return {
          published: new Map<TrackKind, string>(),
          requestKeyFrame: (kind) => {
            this.keyFrameRequests.push(`${participantId}/${kind}`);
          },
          close: () => {
            this.#sinks.delete(participantId);
          },
        };
      },
      ...before,
      ...person,
    };
    this.#people = before ? this.#people.map((one) => (one === before ? now : one)) : [...this.#people, now];
    await this.changed();
  }

  async left(participantId: string): Promise<void> {
    this.#people = this.#people.filter((one) => one.participantId !== participantId);
    await this.changed();
  }

  /** What happens at once is gathered; this is when it has been. */
  async changed(): Promise<void> {
    this.compositions.refresh();
    await Promise.resolve();
  }

  /** Moves the clock; the session looks after its compositions ten times a second. */
  wait(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end;) {
      this.nowMs = Math.min(end, this.nowMs + 100);
      this.compositions.tick();
    }
  }

  tapped(participantId: string): readonly TrackKind[] {
    return this.#sinks.get(participantId)?.kinds ?? [];
  }

  send(participantId: string, kind: TrackKind, frame: EncodedFrame): void {
    this.#sinks.get(participantId)?.sink.frame(kind, frame);
  }

  createCompositor(options: CompositorOptions): Compositor {
    const outputs = new Set<{ profile: OutputProfile; onFrame: (frame: EncodedFrame) => void }>();
    const double: CompositorDouble = {
      options,
      scenes: [options.scene],
      looks: [options.look],
      pushed: [],
      get profiles() {
        return [...outputs].map(({ profile }) => profile);
      },
      keyFrameRequests: 0,
      isClosed: false,
      make(frame) {
        for (const { profile, onFrame } of outputs) {
          if (frame.kind === 'audio' || profile.video) {
            onFrame(frame);
          }
        }
      },
    };
    this.compositors.push(double);
    return {
      setScene: (scene) => double.scenes.push(scene),
      setLook: (look) => double.looks.push(look),
      push: (source, frame) => double.pushed.push({ source, frame }),
      addOutput(profile, onFrame) {
        const output = { profile, onFrame };
        outputs.add(output);
        return {
          requestKeyFrame() {
            double.keyFrameRequests += 1;
          },
          close() {
            outputs.delete(output);
          },
        };
      },
      stats: () => ({
        engine: 'double',
        pid: null,
        restarts: 0,
        picturesOut: 0,
        picturesLate: 0,
        picturesRepeated: 0,
        picturesLeftOut: 0,
        encodeDelayP50Ms: 0,
        encodeDelayP99Ms: 0,
        sources: 0,
        sourcesLost: 0,
        framesDropped: 0,
      }),
      close() {
        double.isClosed = true;
        return Promise.resolve();
      },
    };
  }
}
