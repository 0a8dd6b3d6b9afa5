import type { Socket } from 'node:net';
import type { FlowPlane, StepPlane } from '../graph/index.ts';
import type { MediaEvent, MediaParticipant, MediaPlane, MediaSession } from '../rooms/index.ts';
import type { StepReport } from '../steps/index.ts';
import { RoomflowError } from '../contract/index.ts';
import type {
  CommandParams,
  CommandResult,
  WorkerCommand,
  WorkerSettings,
  WorkerStatistics,
} from './messages.ts';
import { startWorkerLink, type WorkerLink, type WorkerReport } from './worker-link.ts';

export type PoolLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

/** A worker that dies at once again and again is started at most this often. */
const RESTART_PAUSE_MS = 500;
const QUICK_DEATH_MS = 2000;
const RECOVERY_ATTEMPTS = 5;
const HEARTBEAT_MS = 10_000;
/** Far beyond any pause of a busy worker; one that is silent for this long carries no media either. */
const HEARTBEAT_ANSWER_MS = 20_000;
const STATISTICS_MS = 2000;

type Slot = {
  index: number;
  link: WorkerLink;
  startedAt: number;
  sessions: Set<string>;
  isReady: boolean;
  restarts: number;
  quickDeaths: number;
};
type SessionPlace = {
  slot: Slot;
  session: MediaSession;
  participants: Map<string, MediaParticipant>;
  pinnedIds: string[];
};
type StepReportMessage = { sessionId: string; stepId: string; part: number; report: StepReport };

export type WorkerStanding = {
  worker: number;
  pid: number;
  /** `lost`: it has ended, and another one is about to be started. */
  state: 'ready' | 'starting' | 'lost';
  startedAtMs: number;
  restarts: number;
  sessions: number;
};

/** The media workers as one: the media plane of rooms and the step plane of the supervisor. */
export type WorkerPool = {
  media: MediaPlane;
  steps: StepPlane;
  flow: FlowPlane;
  /** Resolves when every worker has said it is ready. */
  ready(): Promise<void>;
  statistics(): Promise<{ worker: number; pid: number; statistics: WorkerStatistics }[]>;
  /** How each worker stands, without asking it. `pid` is of the last process where none runs now. */
  workers(): WorkerStanding[];
  /** For operators and tests: the process that holds a session. */
  pidOf(sessionId: string): number | undefined;
  stop(): Promise<void>;
};

/**
 * Starts `count` workers and spreads sessions over them, the emptiest first. A session lives in one worker.
 * When a worker ends, its sessions move to a fresh one in the same slot and those concerned are told.
 */
export function startWorkerPool(options: {
  count: number;
  entry: URL;
  settings: WorkerSettings;
  /** The folder that no other runtime can work in while this one does. */
  lockedFolder: string;
  log: PoolLog;
}): WorkerPool {
  const mediaListeners = new Set<(event: MediaEvent) => void>();
  const reportListeners = new Set<(report: StepReportMessage) => void>();
  const movedListeners = new Set<(sessionId: string, reason: string) => void>();
  const places = new Map<string, SessionPlace>();
  let stopping = false;

  function startLink(slot: { index: number }): WorkerLink {
    return startWorkerLink({
      entry: options.entry,
      settings: settingsOf(slot.index, options.settings),
      lockedFolder: options.lockedFolder,
      onMessage(message) {
        try {
          dispatch(message, slot.index);
        } catch (error) {
          // A store that cannot be written, say: that must not end control and with it every room.
          options.log('error', error instanceof Error ? error.message : String(error), {
            worker: slot.index,
            stack: error instanceof Error ? error.stack : undefined,
          });
        }
      },
      onExit(description) {
        workerExited(slot.index, description);
      },
    });
  }

  const slots: Slot[] = Array.from({ length: options.count }, (_, index) => ({
    index,
    link: startLink({ index }),
    startedAt: Date.now(),
    sessions: new Set<string>(),
    isReady: false,
    restarts: 0,
    quickDeaths: 0,
  }));
  slots.forEach(noteReady);

  function noteReady(slot: Slot): void {
    const { link } = slot;
    slot.isReady = false;
    link.ready.then(
      () => {
        slot.isReady = slot.link === link;
      },
      () => undefined,
    );
  }

  function dispatch(message: WorkerReport, worker: number): void {
    if (message.type === 'media') {
      emitMedia(message.event);
    } else if (message.type === 'step') {
      for (const listener of reportListeners) {
        listener(message);
      }
    } else {
      options.log(message.level, message.message, { worker, ...message.fields });
    }
  }

  /** The live worker with the fewest sessions; while all are being restarted, any. */
  function emptiest(): Slot {
    const live = slots.filter((slot) => slot.link.alive);
    return (live.length > 0 ? live : slots).reduce((least, slot) =>
      slot.sessions.size < least.sessions.size ? slot : least,
    );
  }

  /** Kills workers that hang: their rooms then move to a fresh one, as after a crash. */
  const heartbeat = setInterval(() => {
    for (const { link, index } of slots) {
      if (link.alive) {
        void isSilent(link).then((silent) => {
          if (silent && link.alive && !stopping) {
            options.log('error', 'media worker does not answer; killing it', {
              worker: index,
              pid: link.pid,
            });
            link.kill();
          }
        });
      }
    }
  }, HEARTBEAT_MS);

  function emitMedia(event: MediaEvent): void {
    for (const listener of mediaListeners) {
      listener(event);
    }
  }

  function workerExited(index: number, description: string): void {
    const slot = slots[index];
    if (stopping || !slot) {
      return;
    }
    const lived = Date.now() - slot.startedAt;
    slot.quickDeaths = lived < QUICK_DEATH_MS ? slot.quickDeaths + 1 : 0;
    options.log('error', 'media worker ended; starting another', {
      worker: index,
      pid: slot.link.pid,
      description,
      sessions: slot.sessions.size,
    });
    const restart = (): void => {
      if (stopping) {
        return;
      }
      slot.link = startLink(slot);
      slot.startedAt = Date.now();
      slot.restarts += 1;
      noteReady(slot);
      for (const sessionId of slot.sessions) {
        moveIn(sessionId, description);
      }
    };
    if (slot.quickDeaths > 1) {
      setTimeout(restart, RESTART_PAUSE_MS * Math.min(slot.quickDeaths, 20));
    } else {
      restart();
    }
  }

  /** Opens a session again in its slot's fresh worker and tells rooms and supervisor. */
  function moveIn(sessionId: string, reason: string): void {
    const place = places.get(sessionId);
    if (!place) {
      return;
    }
    send(sessionId, 'open-session', place.session);
    for (const participant of place.participants.values()) {
      send(sessionId, 'open-participant', { sessionId, ...participant });
    }
    send(sessionId, 'set-pins', { sessionId, pinnedIds: place.pinnedIds });
    emitMedia({ type: 'session-moved', sessionId, reason });
    for (const listener of movedListeners) {
      listener(sessionId, reason);
    }
  }

  function call<C extends WorkerCommand>(
    sessionId: string,
    command: C,
    params: CommandParams<C>,
    connection?: Socket,
  ): Promise<CommandResult<C>> {
    const place = places.get(sessionId);
    if (!place) {
      return Promise.reject(
        new RoomflowError('no-live-session', `Session "${sessionId}" is not live: nobody is in the room.`),
      );
    }
    return place.slot.link.call(command, params, connection);
  }

  /** For commands whose failure concerns nobody but the log: the session or worker is on its way out. */
  function send<C extends WorkerCommand>(sessionId: string, command: C, params: CommandParams<C>): void {
    call(sessionId, command, params).catch((error: unknown) => {
      const { code, message } = RoomflowError.from(error);
      options.log(code === 'worker-lost' || code === 'no-live-session' ? 'debug' : 'warn', message, {
        command,
        sessionId,
        code,
      });
    });
  }

  /** For work on files, which any worker can do. One that dies under it leaves them as they were: another one tries. */
  async function callAnyone<C extends 'recover-file' | 'join-files'>(
    command: C,
    params: CommandParams<C>,
  ): Promise<CommandResult<C>> {
    for (let attempt = 1; ; attempt += 1) {
      const { link } = emptiest();
      try {
        await link.ready;
        return await link.call(command, params);
      } catch (error) {
        if (RoomflowError.from(error).code !== 'worker-lost' || attempt === RECOVERY_ATTEMPTS) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS * attempt));
      }
    }
  }

  const media: MediaPlane = {
    openSession(session) {
      const slot = emptiest();
      slot.sessions.add(session.sessionId);
      places.set(session.sessionId, {
        slot,
        session,
        participants: new Map(),
        pinnedIds: [],
      });
      send(session.sessionId, 'open-session', session);
    },
    closeSession(sessionId) {
      send(sessionId, 'close-session', { sessionId });
      places.get(sessionId)?.slot.sessions.delete(sessionId);
      places.delete(sessionId);
    },
    openParticipant(sessionId, { participantId, name, mode, serverSide }) {
      places.get(sessionId)?.participants.set(participantId, { participantId, name, mode, serverSide });
      send(sessionId, 'open-participant', { sessionId, participantId, name, mode, serverSide });
    },
    closeParticipant(sessionId, participantId) {
      places.get(sessionId)?.participants.delete(participantId);
      send(sessionId, 'close-participant', { sessionId, participantId });
    },
    startMedia(sessionId, participantId) {
      send(sessionId, 'start-media', { sessionId, participantId });
    },
    async publish(sessionId, participantId, sdp, tracks) {
      return (await call(sessionId, 'publish', { sessionId, participantId, sdp, tracks })).sdp;
    },
    async watch(sessionId, participantId, sdp, trackIds) {
      return (await call(sessionId, 'watch', { sessionId, participantId, sdp, trackIds })).sdp;
    },
    async acceptAnswer(sessionId, participantId, offerId, sdp) {
      await call(sessionId, 'accept-answer', { sessionId, participantId, offerId, sdp });
    },
    addCandidate(sessionId, participantId, connection, candidate) {
      send(sessionId, 'add-candidate', { sessionId, participantId, connection, candidate });
    },
    setMuted(sessionId, participantId, kind, muted) {
      const own = places.get(sessionId)?.participants.get(participantId)?.serverSide;
      if (own && (kind === 'audio' || kind === 'video')) {
        // Nobody would announce it anew to the worker that takes the session over.
        own[kind] = { ...own[kind], muted };
      }
      send(sessionId, 'set-muted', { sessionId, participantId, kind, muted });
    },
    setPins(sessionId, pinnedIds) {
      const place = places.get(sessionId);
      if (place) {
        place.pinnedIds = [...pinnedIds];
        send(sessionId, 'set-pins', { sessionId, pinnedIds: place.pinnedIds });
      }
    },
    prefer(sessionId, participantId, trackId, preference) {
      send(sessionId, 'prefer', { sessionId, participantId, trackId, ...preference });
    },
    onEvent(listener) {
      mediaListeners.add(listener);
      return () => mediaListeners.delete(listener);
    },
  };

  const steps: StepPlane = {
    async startStep(step) {
      await call(step.sessionId, 'start-step', step);
    },
    async stopStep(sessionId, stepId, reason) {
      if (places.has(sessionId)) {
        await call(sessionId, 'stop-step', { sessionId, stepId, reason });
      }
    },
    async pauseStep(sessionId, stepId) {
      await call(sessionId, 'pause-step', { sessionId, stepId });
    },
    async resumeStep(sessionId, stepId) {
      await call(sessionId, 'resume-step', { sessionId, stepId });
    },
    async commandStep(sessionId, stepId, command) {
      await call(sessionId, 'command-step', { sessionId, stepId, command });
    },
    async reach(sessionId) {
      await call(sessionId, 'session-counters', { sessionId });
    },
    async connectStep(sessionId, stepId, { socket, head, headers, query }) {
      const params = { sessionId, stepId, headers, query, head: head.toString('base64') };
      await call(sessionId, 'connect-step', params, socket);
    },
    async updateLook(sessionId, stepId, look) {
      await call(sessionId, 'update-look', { sessionId, stepId, look });
    },
    async recoverFile(path, startMs) {
      return (await callAnyone('recover-file', { path, startMs })).file;
    },
    async joinFiles(parts, path) {
      return (await callAnyone('join-files', { parts: [...parts], path })).file;
    },
    onReport(listener) {
      reportListeners.add(listener);
      return () => reportListeners.delete(listener);
    },
    onSessionMoved(listener) {
      movedListeners.add(listener);
      return () => movedListeners.delete(listener);
    },
  };

  return {
    media,
    steps,
    flow: { counters: (sessionId) => call(sessionId, 'session-counters', { sessionId }) },
    async ready() {
      await Promise.all(slots.map((slot) => slot.link.ready));
    },
    async statistics() {
      const all = await Promise.allSettled(
        slots.map(async (slot) => ({
          worker: slot.index,
          pid: slot.link.pid,
          statistics: await within(slot.link.call('statistics', {}), STATISTICS_MS),
        })),
      );
      return all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    },
    workers: () =>
      slots.map(({ index, link, isReady, startedAt, restarts, sessions }) => ({
        worker: index,
        pid: link.pid,
        state: link.alive ? (isReady ? 'ready' : 'starting') : 'lost',
        startedAtMs: startedAt,
        restarts,
        sessions: sessions.size,
      })),
    pidOf(sessionId) {
      return places.get(sessionId)?.slot.link.pid;
    },
    async stop() {
      stopping = true;
      clearInterval(heartbeat);
      await Promise.all(slots.map((slot) => slot.link.shutdown()));
    },
  };
}

/** No two processes can have one UDP port: each further worker takes the next. */
function settingsOf(worker: number, settings: WorkerSettings): WorkerSettings {
  return settings.udpPort === null ? settings : { ...settings, udpPort: settings.udpPort + worker };
}

/** True when a worker lives and does not answer in time. Never rejects. */
async function isSilent(link: WorkerLink): Promise<boolean> {
  try {
    await within(link.call('statistics', {}), HEARTBEAT_ANSWER_MS);
    return false;
  } catch {
    // It did not answer, or it has ended meanwhile, and then its exit is dealt with elsewhere.
    return link.alive;
  }
}

/** The promise, or `worker-lost` once the time is over. */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new RoomflowError('worker-lost', `A media worker has not answered for ${limitMs} ms.`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
