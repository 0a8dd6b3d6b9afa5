import { RoomflowError } from '../../contract/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { sampleTimeMs } from '../engine/index.ts';
import { beatSamplesOf, untilSendingMs } from './beat.ts';
import { ChildLink } from './child-link.ts';
import type { ChildStats, FromChild, SourceNumbers } from './messages.ts';
import { SharedEncoders } from './shared-encoders.ts';
import { monotonicMs } from './pipe.ts';
import { RecentValues } from './recent-values.ts';
import { SourceGate } from './source-gate.ts';
import type {
  Compositor,
  CompositorOptions,
  CompositorOutput,
  CompositorStats,
  FrameListener,
  Look,
  OutputProfile,
  Scene,
  SourceId,
} from './types.ts';

const DEFAULT_DELAY_MS = 100;
/** A child that ends so soon has died of how it was started. */
const QUICK_DEATH_MS = 5000;
/** So many in a row, and starting it anew does not help. */
const MOST_QUICK_DEATHS = 5;
/** Before each further start after a quick death; the first start anew is at once. */
const RESTART_PAUSE_MS = 200;

/** Opens a composition. See {@link Compositor}. */
export const createCompositor = (options: CompositorOptions): Compositor => new ForkedCompositor(options);

class ForkedCompositor implements Compositor {
  readonly #options: CompositorOptions;
  readonly #delayMs: number;
  /** Session time 0 on the monotonic clock. */
  readonly #sessionStartMs: number;
  readonly #gates = new Map<SourceId, SourceGate>();
  readonly #encoders: SharedEncoders;
  readonly #encodeDelays = new RecentValues(30 * 60);
  #scene: Scene;
  #look: Look;
  #nextSourceNumber = 0;
  #child: ChildLink;
  #childStartedAtMs = 0;
  #childHasStarted = false;
  #childFailure: string | undefined;
  #quickDeaths = 0;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #engine = '';
  #childStats = emptyStats;
  /** Of the children before. */
  #earlierStats = emptyStats;
  #framesDropped = 0;
  #state: 'running' | 'failed' | 'closed' = 'running';

  constructor(options: CompositorOptions) {
    this.#options = options;
    this.#delayMs = options.delayMs ?? DEFAULT_DELAY_MS;
    this.#sessionStartMs = monotonicMs() - (performance.timeOrigin + performance.now() - options.startedAtMs);
    this.#scene = options.scene;
    this.#look = options.look;
    this.#encoders = new SharedEncoders((message) => {
      this.#child.tell(message);
    });
    this.#numberSources();
    this.#child = this.#startChild();
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
    this.#numberSources();
    this.#child.tell({ type: 'scene', scene, sources: this.#sourceNumbers() });
  }

  setLook(look: Look): void {
    this.#look = look;
    this.#child.tell({ type: 'look', look });
  }

  push(source: SourceId, frame: EncodedFrame): void {
    const gate = this.#gates.get(source);
    if (gate === undefined || this.#state !== 'running') return;
    if (gate.admits(frame, this.#child.congested, performance.now()))
      this.#child.sendFrame(gate.number, frame);
    else this.#framesDropped++;
  }

  addOutput(profile: OutputProfile, onFrame: FrameListener): CompositorOutput {
    return this.#encoders.add(profile, onFrame);
  }

  stats(): CompositorStats {
    const [p50 = 0, p99 = 0] = this.#encodeDelays.quantiles(0.5, 0.99);
    return {
      engine: this.#engine,
      pid: this.#child.pid,
      restarts: this.#restarts,
      picturesOut: this.#earlierStats.picturesOut + this.#childStats.picturesOut,
      picturesLate: this.#earlierStats.picturesLate + this.#childStats.picturesLate,
      picturesRepeated: this.#earlierStats.picturesRepeated + this.#childStats.picturesRepeated,
      picturesLeftOut: this.#earlierStats.picturesLeftOut + this.#childStats.picturesLeftOut,
      encodeDelayP50Ms: p50,
      encodeDelayP99Ms: p99,
      sources: this.#gates.size,
      sourcesLost: this.#earlierStats.sourcesLost + this.#childStats.sourcesLost,
      framesDropped: this.#framesDropped,
    };
  }

  async close(): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'closed';
    clearTimeout(this.#restartTimer);
    await this.#child.end();
  }

  #startChild(): ChildLink {
    this.#childStartedAtMs = performance.now();
    this.#childHasStarted = false;
    this.#childFailure = undefined;
    const beatMs = sampleTimeMs(beatSamplesOf(this.#options.canvas));
    const child = new ChildLink({
      gatheredMs: () => untilSendingMs(monotonicMs() - this.#sessionStartMs - this.#delayMs, beatMs),
      onControl: (message) => {
        this.#hear(message);
      },
      onFrame: (encoder, frame) => {
        this.#deliver(encoder, frame);
      },
      onExit: (description) => {
        this.#childExited(description);
      },
    });
    child.tell({
      type: 'start',
      engine: this.#options.engine ?? 'auto',
      canvas: this.#options.canvas,
      delayMs: this.#delayMs,
      sessionStartMs: this.#sessionStartMs,
      scene: this.#scene,
      look: this.#look,
      sources: this.#sourceNumbers(),
    });
    return child;
  }

  #hear(message: FromChild): void {
    if (message.type === 'started') {
      this.#engine = message.engine;
      this.#childHasStarted = true;
    } else if (message.type === 'stats') {
      this.#childStats = message.stats;
    } else if (message.type === 'failed') {
      this.#childFailure = message.message;
    } else {
      const gate = [...this.#gates.values()].find(({ number }) => number === message.source);
      gate?.passRequestOn(performance.now());
    }
  }

  #deliver(encoder: number, frame: EncodedFrame): void {
    if (this.#state !== 'running') return;
    if (frame.kind === 'video') {
      this.#encodeDelays.add(monotonicMs() - this.#sessionStartMs - frame.timestampMs - this.#delayMs);
    }
    this.#encoders.deliver(encoder, frame);
  }

  #childExited(description: string): void {
    if (this.#state !== 'running') return;
    const reason = this.#childFailure ?? description;
    const livedMs = performance.now() - this.#childStartedAtMs;
    const isQuick = !this.#childHasStarted || livedMs < QUICK_DEATH_MS;
    this.#quickDeaths = isQuick ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= MOST_QUICK_DEATHS) {
      this.#state = 'failed';
      this.#options.onFailure(
        new RoomflowError(
          'composition-failed',
          `The composition ended ${this.#quickDeaths} times in a row: ${reason}`,
        ),
      );
      return;
    }
    this.#earlierStats = addStats(this.#earlierStats, this.#childStats);
    this.#childStats = emptyStats;
    const pauseMs = Math.max(0, this.#quickDeaths - 1) * RESTART_PAUSE_MS;
    this.#restartTimer = setTimeout(() => {
      this.#restart(reason);
    }, pauseMs);
  }

  #restart(reason: string): void {
    this.#restarts++;
    for (const gate of this.#gates.values()) gate.reset();
    this.#child = this.#startChild();
    this.#encoders.reopen();
    this.#options.onRestart(reason);
  }

  /** Every source of the scene has a number, which is never given to another. */
  #numberSources(): void {
    const wanted = sourcesOf(this.#scene);
    for (const id of this.#gates.keys()) {
      if (!wanted.has(id)) this.#gates.delete(id);
    }
    for (const id of wanted) {
      if (this.#gates.has(id)) continue;
      const gate = new SourceGate(this.#nextSourceNumber++, () => {
        this.#options.requestKeyFrame(id);
      });
      this.#gates.set(id, gate);
    }
  }

  #sourceNumbers(): SourceNumbers {
    return [...this.#gates].map(([id, { number }]) => [id, number]);
  }
}

const emptyStats: ChildStats = {
  picturesOut: 0,
  picturesLate: 0,
  picturesRepeated: 0,
  picturesLeftOut: 0,
  sources: 0,
  sourcesLost: 0,
};

const addStats = (one: ChildStats, other: ChildStats): ChildStats => ({
  picturesOut: one.picturesOut + other.picturesOut,
  picturesLate: one.picturesLate + other.picturesLate,
  picturesRepeated: one.picturesRepeated + other.picturesRepeated,
  picturesLeftOut: one.picturesLeftOut + other.picturesLeftOut,
  sources: other.sources,
  sourcesLost: one.sourcesLost + other.sourcesLost,
});

const sourcesOf = (scene: Scene): ReadonlySet<SourceId> =>
  new Set(
    scene.people.flatMap(({ camera, screen, microphone, screenAudio }) =>
      [camera, screen, microphone, screenAudio].filter((source) => source !== null),
    ),
  );
