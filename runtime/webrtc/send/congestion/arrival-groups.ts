/** Packets sent within this time are one group: their distances are the sender's bursts, not the path's queue. */
const groupMs = 5;
const maxBurstMs = 100;
const maxReordered = 3;
/** A difference of more is a clock that was set or a connection that stood still, not a queue. */
const clockJumpMs = 3000;

/** What a packet told of the path. */
export type GroupStep = 'none' | 'complete' | 'reset';

/**
 * Gathers packets into groups and tells how much later each group was sent and arrived than the one before
 * (draft-ietf-rmcat-gcc-02 section 5.2 and 5.3). A group that arrives in one burst, as after a radio was busy,
 * counts as one however it was sent.
 */
export class ArrivalGroups {
  /** Of the two last complete groups, after {@link add} answered `complete`. */
  sendDeltaMs = 0;
  arrivalDeltaMs = 0;
  #hasGroup = false;
  #firstSentMs = 0;
  #lastSentMs = 0;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;
  #hasPrevious = false;
  #previousSentMs = 0;
  #previousArrivalMs = 0;
  #reordered = 0;

  /** Takes a packet in the order of sending, with arrivals on the receiver's clock. */
  add(sentMs: number, arrivalMs: number): GroupStep {
    if (!this.#hasGroup) {
      this.#begin(sentMs, arrivalMs);
      return 'none';
    }
    if (sentMs < this.#firstSentMs) {
      return 'none';
    }
    if (!this.#beginsGroup(sentMs, arrivalMs)) {
      this.#lastSentMs = Math.max(this.#lastSentMs, sentMs);
      this.#lastArrivalMs = arrivalMs;
      return 'none';
    }
    let step: GroupStep = 'none';
    if (this.#hasPrevious) {
      this.sendDeltaMs = this.#lastSentMs - this.#previousSentMs;
      this.arrivalDeltaMs = this.#lastArrivalMs - this.#previousArrivalMs;
      if (Math.abs(this.arrivalDeltaMs - this.sendDeltaMs) > clockJumpMs) {
        this.reset();
        this.#begin(sentMs, arrivalMs);
        return 'reset';
      }
      if (this.arrivalDeltaMs < 0) {
        // A whole group overtook the one before it: not a measure of a queue.
        if (++this.#reordered < maxReordered) {
          return 'none';
        }
        this.reset();
        this.#begin(sentMs, arrivalMs);
        return 'reset';
      }
      this.#reordered = 0;
      step = 'complete';
    }
    this.#hasPrevious = true;
    this.#previousSentMs = this.#lastSentMs;
    this.#previousArrivalMs = this.#lastArrivalMs;
    this.#begin(sentMs, arrivalMs);
    return step;
  }

  reset(): void {
    this.#hasGroup = false;
    this.#hasPrevious = false;
    this.#reordered = 0;
  }

  #begin(sentMs: number, arrivalMs: number): void {
    this.#hasGroup = true;
    this.#firstSentMs = sentMs;
    this.#lastSentMs = sentMs;
    this.#firstArrivalMs = arrivalMs;
    this.#lastArrivalMs = arrivalMs;
  }

  #beginsGroup(sentMs: number, arrivalMs: number): boolean {
    const sinceSent = sentMs - this.#lastSentMs;
    const sinceArrival = arrivalMs - this.#lastArrivalMs;
    const inBurst =
      sinceArrival < sinceSent &&
      sinceArrival <= groupMs &&
      arrivalMs - this.#firstArrivalMs < maxBurstMs &&
      sinceArrival > -clockJumpMs;
    return sinceSent !== 0 && !inBurst && sentMs - this.#firstSentMs > groupMs;
  }
}
