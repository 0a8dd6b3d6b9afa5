import { processFigures, type ProcessFigures } from './process-figures.ts';
import { growthOfLowest, growthPerHour } from './trend.ts';

const MEBIBYTE = 1024 ** 2;

/** By how much what a process holds has grown. */
export type ProcessGrowth = {
  residentMiB: number;
  residentMiBPerHour: number;
  heapMiB: number;
  udpSockets: number;
  tcpSockets: number;
  timers: number;
};

/** Looks into a process, again and again. */
export class ProcessWatch {
  readonly looks: ({ atMs: number } & ProcessFigures)[] = [];
  readonly #pid: number;
  readonly #folder: string;

  /** @param folder where the process writes its reports; see `reportingOptions` */
  constructor(pid: number, folder: string) {
    this.#pid = pid;
    this.#folder = folder;
  }

  async look(atMs: number): Promise<void> {
    this.looks.push({ atMs, ...(await processFigures(this.#pid, this.#folder)) });
  }

  /** Resident memory at the last look. */
  get residentMiB(): number {
    return (this.looks.at(-1)?.residentBytes ?? 0) / MEBIBYTE;
  }

  /** From `warmMs` on, when caches and compiled code have their size. */
  growthSince(warmMs: number): ProcessGrowth {
    const warm = this.looks.filter(({ atMs }) => atMs >= warmMs);
    const lowest = (of: (look: ProcessFigures) => number): number => growthOfLowest(warm.map(of));
    return {
      residentMiB: lowest((look) => look.residentBytes) / MEBIBYTE,
      residentMiBPerHour:
        growthPerHour(warm.map(({ atMs, residentBytes }) => ({ atMs, value: residentBytes }))) / MEBIBYTE,
      heapMiB: lowest((look) => look.heapBytes) / MEBIBYTE,
      udpSockets: lowest((look) => look.udpSockets),
      tcpSockets: lowest((look) => look.tcpSockets),
      timers: lowest((look) => look.timers),
    };
  }
}
