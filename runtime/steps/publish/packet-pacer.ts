/** So much is gathered before the first packet: what a network holds back for a moment is then not heard as a hole. */
const GATHERED_MS = 60;
/** A packet that is missing for longer is silence, and what comes then is gathered again. */
const UNDERRUN_MS = 40;
/** Behind by more (the machine was busy), the rest goes on from now instead of all at once. */
const MOST_BEHIND_MS = 200;

export type PacedPacket = { packet: Uint8Array; durationMs: number };

/** Gives out packets, however they came, at the pace at which they sound. Time is the caller's; nothing runs here. */
export class PacketPacer {
  readonly #packets: PacedPacket[] = [];
  #bufferedMs = 0;
  /** When the next packet is due; null while what comes is gathered. */
  #dueMs: number | null = null;
  #gatheringSinceMs: number | null = null;

  /** How long what waits will sound. */
  get bufferedMs(): number {
    return this.#bufferedMs;
  }

  push(packet: Uint8Array, durationMs: number, nowMs: number): void {
    this.#packets.push({ packet, durationMs });
    this.#bufferedMs += durationMs;
    if (this.#dueMs === null) {
      this.#gatheringSinceMs ??= nowMs;
    }
  }

  /** The next packet when its time has come; `underrun`, once, when it should be there and is not. */
  next(nowMs: number): PacedPacket | 'underrun' | null {
    if (this.#dueMs === null) {
      if (this.#gatheringSinceMs === null) {
        return null;
      }
      if (this.#bufferedMs < GATHERED_MS && nowMs - this.#gatheringSinceMs < GATHERED_MS) {
        return null;
      }
      this.#dueMs = nowMs;
      this.#gatheringSinceMs = null;
    }
    if (nowMs < this.#dueMs) {
      return null;
    }
    const next = this.#packets.shift();
    if (next === undefined) {
      if (nowMs - this.#dueMs < UNDERRUN_MS) {
        return null;
      }
      this.#dueMs = null;
      return 'underrun';
    }
    this.#bufferedMs -= next.durationMs;
    this.#dueMs = (nowMs - this.#dueMs > MOST_BEHIND_MS ? nowMs : this.#dueMs) + next.durationMs;
    return next;
  }
}
