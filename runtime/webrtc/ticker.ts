import { nowMs } from './clock.ts';

const paceIntervalMs = 5;
const repairIntervalMs = 10;
const tickIntervalMs = 20;
const slowTickIntervalMs = 100;

/** Called on each tick with the time in milliseconds of {@link nowMs}. */
export type TickListener = (nowMs: number) => void;

/**
 * One timer for all who listen, which exists only while somebody does: a timer per peer would wake the process
 * up once per peer and tick.
 */
class Ticker {
  readonly #leastMs: number;
  readonly #mostMs: number;
  readonly #listeners = new Set<TickListener>();
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  /**
   * @param leastMs between two ticks
   * @param mostMs when the timer ticks at the latest
   */
  constructor(leastMs: number, mostMs = leastMs) {
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
  }

  add(listener: TickListener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.#lastMs = nowMs();
      this.#timer = setTimeout(() => this.#tick(nowMs()), this.#mostMs);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        clearTimeout(this.#timer);
        this.#timer = undefined;
      }
    };
  }

  tickIfDue(now: number): void {
    if (this.#timer !== undefined && now - this.#lastMs >= this.#leastMs) {
      this.#tick(now);
    }
  }

  #tick(now: number): void {
    this.#lastMs = now;
    this.#timer?.refresh();
    for (const tick of this.#listeners) {
      tick(now);
    }
  }
}

const pace = new Ticker(paceIntervalMs);
const repair = new Ticker(repairIntervalMs);
const media = new Ticker(tickIntervalMs, slowTickIntervalMs);
const watch = new Ticker(slowTickIntervalMs);

/** Calls `listener` about every 5 ms until the returned function is called: while packets wait to be sent. */
export function onPaceTick(listener: TickListener): () => void {
  return pace.add(listener);
}

/** Calls `listener` about every 10 ms until the returned function is called: while packets are missing. */
export function onRepairTick(listener: TickListener): () => void {
  return repair.add(listener);
}

/**
 * Calls `listener` about every 20 ms while datagrams come, else every 100 ms, until the returned function is called: for
 * what is told about media.
 */
export function onMediaTick(listener: TickListener): () => void {
  return media.add(listener);
}

/** Calls `listener` about every 100 ms until the returned function is called: for what watches over peers. */
export function onWatchTick(listener: TickListener): () => void {
  return watch.add(listener);
}

/**
 * Ticks if it is time, for a process that a datagram has woken up anyway. To be woken up by a timer costs 150 µs after
 * 20 ms of rest (on a virtual AMD EPYC), as much as to forward ten packets.
 */
export function tickIfDue(): void {
  const now = nowMs();
  repair.tickIfDue(now);
  media.tickIfDue(now);
  watch.tickIfDue(now);
}
