import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from '../guests/index.ts';
import { median } from '../oracle/index.ts';
import { flowBetween, type FlowWindow } from './flow.ts';
import { peerFigures, type PeerFigures } from './peer-figures.ts';

type Look = { atMs: number } & PeerFigures;

/** Looks at what guests receive, again and again. Times are since {@link CallWatch.begin}. */
export class CallWatch {
  readonly windows: FlowWindow[] = [];
  readonly #guests: readonly Guest[];
  readonly #newest = new Map<Guest, Look>();
  readonly #windowMs: number;
  #startMs = performance.now();

  /** @param windowMs from one look to the next */
  constructor(guests: readonly Guest[], windowMs: number) {
    this.#guests = guests;
    this.#windowMs = windowMs;
  }

  get nowMs(): number {
    return performance.now() - this.#startMs;
  }

  /** What each guest's browser has counted, as of the last look. */
  get newest(): readonly PeerFigures[] {
    return [...this.#newest.values()];
  }

  /**
   * Waits until every guest sees and hears so many others, and counts time and windows from then on.
   *
   * @throws when that takes longer than `patienceMs`
   */
  async begin(others: number, patienceMs: number): Promise<void> {
    const isWhole = ({ movingPictures, audibleSounds }: FlowWindow): boolean =>
      movingPictures === others && audibleSounds === others;
    const deadlineMs = performance.now() + patienceMs;
    do {
      if (performance.now() > deadlineMs) {
        const seen = JSON.stringify(this.windows.slice(-this.#guests.length));
        throw new Error(`not everybody saw and heard ${others} others within ${patienceMs} ms: ${seen}`);
      }
      await this.#look();
      await delay(this.#windowMs);
    } while (this.windows.length === 0 || !this.windows.slice(-this.#guests.length).every(isWhole));
    this.windows.length = 0;
    this.#newest.clear();
    this.#startMs = performance.now();
    await this.#look();
  }

  /** Waits for the end of the window that runs, and looks. */
  async window(): Promise<void> {
    await delay(this.#windowMs - (this.nowMs % this.#windowMs));
    await this.#look();
  }

  /** Pictures a second that a guest decodes of all others together, as is usual between two times. */
  framesPerSecond(fromMs: number, toMs: number): number {
    return median(this.#between(fromMs, toMs).map((window) => window.framesPerSecond));
  }

  /** The smallest picture that is usual between two times. */
  pictureHeight(fromMs: number, toMs: number): number {
    return median(this.#between(fromMs, toMs).map((window) => window.lowestHeight));
  }

  #between(fromMs: number, toMs: number): FlowWindow[] {
    return this.windows.filter(({ endMs }) => endMs > fromMs && endMs <= toMs);
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#guests.map(async (guest) => {
        const figures = await peerFigures(guest.page);
        const look = { atMs: this.nowMs, ...figures };
        const before = this.#newest.get(guest);
        this.#newest.set(guest, look);
        if (before !== undefined) {
          this.windows.push(flowBetween(guest.name, before, look));
        }
      }),
    );
  }
}
