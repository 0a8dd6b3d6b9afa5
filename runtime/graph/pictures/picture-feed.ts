import { RoomflowError, type SessionPicture } from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms } from '../../rooms/index.ts';
import type { Store } from '../../store/index.ts';
import type { StepPlane } from '../step-plane.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { StepFlow, trackRates, type FlowPlane, type Rate, type SessionCounters } from './flow.ts';
import { readPictureSources } from './picture-sources.ts';
import { sessionPicture } from './session-picture.ts';

/** Who looks at the picture of a session. */
export type PictureWatcher = {
  /** Whether it has taken what it was given before. While it has not it is left out: the next picture is whole again. */
  isReady(): boolean;
  /** A {@link SessionPicture} as JSON, made once for all who look. */
  picture(json: string): void;
  /** The session is over: the picture before was the last. */
  ended(): void;
};

/** Pictures of sessions, live and past. */
export type SessionPictures = {
  /**
   * The picture of now. What flows is known while somebody watches the session.
   *
   * @throws RoomflowError `session-not-found`
   */
  of(sessionId: string): SessionPicture;
  /**
   * Gives the picture at once and then whenever it has changed, at most twice a second, until the session's media is
   * closed. The function returned ends it.
   *
   * @throws RoomflowError `session-not-found`
   */
  watch(sessionId: string, watcher: PictureWatcher): () => void;
  close(): void;
};

const PICTURE_EVERY_MS = 500;
/** Rates are asked for with every second picture. */
const PICTURES_A_COUNT = 2;

type Sight = {
  sessionId: string;
  watchers: Map<PictureWatcher, { shown: string }>;
  flow: StepFlow;
  counted: SessionCounters | null;
  trackRates: ReadonlyMap<string, Rate>;
  hasChanged: boolean;
  isCounting: boolean;
  /** The last picture, without its time, to see whether the next is another; and with it. */
  content: string;
  json: string;
  ticks: number;
  close(): void;
};

/** @param options.flow where counters of tracks are asked for, once a second and only for sessions that are watched */
export function createSessionPictures(options: {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  steps: StepSupervisor;
  plane: Pick<StepPlane, 'onReport'>;
  flow: FlowPlane;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): SessionPictures {
  const { rooms } = options;
  const sights = new Map<string, Sight>();

  const forgetReports = options.plane.onReport(({ sessionId, stepId, part, report }) => {
    if (report.type === 'progress') {
      sights.get(sessionId)?.flow.note(stepId, part, report.progress, performance.now());
    }
  });

  function of(sessionId: string): SessionPicture {
    const sources = readPictureSources(options, sessionId);
    const sight = sights.get(sessionId);
    const nowMs = performance.now();
    const stepRates = new Map<string, Rate>();
    for (const { stepId, state } of sight ? sources.steps : []) {
      if (sight && state === 'running') {
        stepRates.set(stepId, sight.flow.rateOf(stepId, nowMs));
      }
    }
    return sessionPicture({ ...sources, trackRates: sight?.trackRates ?? new Map(), stepRates });
  }

  function open(sessionId: string): Sight {
    const { roomId } = readPictureSources(options, sessionId);
    const sight: Sight = {
      sessionId,
      watchers: new Map(),
      flow: new StepFlow(),
      counted: null,
      trackRates: new Map(),
      hasChanged: true,
      isCounting: false,
      content: '',
      json: '',
      ticks: 0,
      close() {
        clearInterval(timer);
        subscription.unsubscribe();
        if (sights.get(sessionId) === sight) {
          sights.delete(sessionId);
        }
      },
    };
    const subscription = options.events.subscribe(
      { roomId },
      {
        onEvent() {
          sight.hasChanged = true;
        },
      },
    );
    const timer = setInterval(() => {
      tick(sight);
    }, PICTURE_EVERY_MS);
    sights.set(sessionId, sight);
    refresh(sight);
    void count(sight);
    return sight;
  }

  function tick(sight: Sight): void {
    sight.ticks += 1;
    if (sight.ticks % PICTURES_A_COUNT === 0) {
      void count(sight);
    }
    try {
      const isOver = rooms.bySessionId(sight.sessionId) === undefined;
      if (sight.hasChanged || isOver) {
        refresh(sight);
      }
      show(sight, isOver);
      if (isOver) {
        end(sight);
      }
    } catch (error) {
      // A store that cannot be read now may be read in a moment; what has changed is not forgotten.
      sight.hasChanged = true;
      options.onError(error, { sessionId: sight.sessionId });
    }
  }

  function refresh(sight: Sight): void {
    const picture = of(sight.sessionId);
    sight.hasChanged = false;
    const content = JSON.stringify({ ...picture, at: '' });
    if (content !== sight.content) {
      sight.content = content;
      sight.json = JSON.stringify(picture);
    }
  }

  function show(sight: Sight, isLast: boolean): void {
    for (const [watcher, state] of sight.watchers) {
      if (state.shown !== sight.json && (isLast || watcher.isReady())) {
        state.shown = sight.json;
        watcher.picture(sight.json);
      }
    }
  }

  function end(sight: Sight): void {
    sight.close();
    for (const watcher of sight.watchers.keys()) {
      watcher.ended();
    }
  }

  async function count(sight: Sight): Promise<void> {
    if (sight.isCounting) {
      // A worker that takes longer than a second is not asked again meanwhile.
      return;
    }
    sight.isCounting = true;
    try {
      const counted = await options.flow.counters(sight.sessionId);
      sight.trackRates = sight.counted ? trackRates(sight.counted, counted) : new Map<string, Rate>();
      sight.counted = counted;
    } catch (error) {
      const { code } = RoomflowError.from(error);
      // Its worker was lost and another has the session; or it is over, which is noticed at the next picture.
      sight.trackRates = new Map();
      sight.counted = null;
      if (code !== 'worker-lost' && code !== 'no-live-session' && code !== 'session-not-found') {
        options.onError(error, { sessionId: sight.sessionId });
      }
    }
    sight.isCounting = false;
    sight.hasChanged = true;
  }

  return {
    of,
    watch(sessionId, watcher) {
      const sight = sights.get(sessionId) ?? open(sessionId);
      sight.watchers.set(watcher, { shown: sight.json });
      watcher.picture(sight.json);
      if (rooms.bySessionId(sessionId) === undefined) {
        end(sight);
      }
      return () => {
        sight.watchers.delete(watcher);
        if (sight.watchers.size === 0) {
          sight.close();
        }
      };
    },
    close() {
      forgetReports();
      for (const sight of [...sights.values()]) {
        sight.close();
      }
    },
  };
}
