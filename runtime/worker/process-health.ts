import type { ProcessHealth } from '../contract/index.ts';
import type { LiveRooms } from '../rooms/index.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import type { WorkerPool } from './pool.ts';

export type ProcessHealthReader = {
  /** Control first, then the workers. A worker that does not answer is told of without its numbers. */
  read(): Promise<ProcessHealth[]>;
  close(): void;
};

const SHORTEST_WINDOW_MS = 1000;

/** How this process and its media workers fare. */
export function createProcessHealth(options: { pool: WorkerPool; rooms: LiveRooms }): ProcessHealthReader {
  const { pool, rooms } = options;
  const delay = new EventLoopDelay();
  const startedAt = new Date(Date.now() - process.uptime() * 1000);
  const shares = new Map<string, CpuShare>();

  function cpuShareOf(name: string, pid: number, startedAtMs: number, cpuMicros: number): number | null {
    let share = shares.get(name);
    if (share?.pid !== pid) {
      share = new CpuShare(pid, startedAtMs);
      shares.set(name, share);
    }
    return share.read(cpuMicros);
  }

  function control(): ProcessHealth {
    const { user, system } = process.cpuUsage();
    const live = rooms.sessions();
    return {
      name: 'control',
      pid: process.pid,
      state: 'ready',
      startedAt: startedAt.toISOString(),
      restarts: 0,
      cpuShare: cpuShareOf('control', process.pid, startedAt.getTime(), user + system),
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: delay.read(),
      sessions: live.length,
      participants: live.reduce((count, session) => count + session.present().length, 0),
      compositions: 0,
    };
  }

  return {
    async read() {
      const answers = new Map(
        (await pool.statistics()).map(({ pid, statistics }) => [pid, statistics] as const),
      );
      const workers = pool.workers().map(({ worker, pid, state, startedAtMs, restarts, sessions }) => {
        const name = `worker ${worker + 1}`;
        const statistics = answers.get(pid);
        return {
          name,
          pid: state === 'lost' ? null : pid,
          state,
          startedAt: new Date(startedAtMs).toISOString(),
          restarts,
          cpuShare: statistics ? cpuShareOf(name, pid, startedAtMs, statistics.cpuMicros) : null,
          rssBytes: statistics?.rssBytes ?? null,
          eventLoopDelayMs: statistics?.eventLoopDelayMs ?? null,
          sessions: statistics?.sessions ?? sessions,
          participants: statistics?.participants ?? 0,
          compositions: statistics?.compositions.count ?? 0,
        };
      });
      return [control(), ...workers];
    },
    close() {
      delay.close();
    },
  };
}

/** The share of a core that a process has taken over the last second or longer; at first since its start. */
class CpuShare {
  readonly pid: number;
  #sinceMs: number;
  #micros = 0;
  #share: number | null = null;

  constructor(pid: number, startedAtMs: number) {
    this.pid = pid;
    this.#sinceMs = startedAtMs;
  }

  /** @param cpuMicros - user and system time since the start of the process */
  read(cpuMicros: number): number | null {
    const elapsedMs = Date.now() - this.#sinceMs;
    if (elapsedMs >= SHORTEST_WINDOW_MS) {
      this.#share = Math.round((cpuMicros - this.#micros) / elapsedMs) / 1000;
      this.#micros = cpuMicros;
      this.#sinceMs = Date.now();
    }
    return this.#share;
  }
}
