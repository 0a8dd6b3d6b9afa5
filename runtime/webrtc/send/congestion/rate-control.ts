import type { PathUsage } from './delay-trend.ts';

const decreaseFactor = 0.85;
const growthPerSecond = 1.08;
const minGrowthBitsPerSecond = 1000;
const minAdditivePerSecond = 4000;
/** A packet of video; what grows additively grows by about one per response time. */
const packetBits = 9600;
const feedbackDelayMs = 100;
const minDecreaseIntervalMs = 200;
const maxDecreaseIntervalMs = 1500;
/** A queue that stands for less is no reason to begin to limit: a burst, a busy process, a radio. */
const firstQueueMs = 25;
const nextQueueMs = 10;
const provedShare = 0.9;
/** So long a queue is congestion before any trend is known. */
const certainQueueMs = 100;
/** Two to three messages of feedback: a burst, or a process that was late, is over by then. */
const confirmMs = 150;
/** So long what arrived before holds, because a path that stood still for a moment carries as much after it. */
const deliveredHoldMs = 400;
/** A queue that stands is drained in about this time, by sending as much less as that needs, down to half. */
const drainMs = 1500;
const minDrainFactor = 0.5;

/** What the control decides by. */
export type ControlInput = {
  usage: PathUsage;
  /** -1 while unknown. */
  deliveredBitsPerSecond: number;
  /** What arrived in the last moment, where that is more. */
  peakBitsPerSecond: number;
  /** Little is sent because little is wanted. */
  applicationLimited: boolean;
  standingQueueMs: number;
  roundTripMs: number;
};

/**
 * The rate that delay allows: additive increase near the capacity that was met before, multiplicative far from
 * it, and 0.85 of what arrives when the queue grows (draft-ietf-rmcat-gcc-02 section 5.5). `Infinity` until the
 * path first shows a queue. Little sent neither lowers it nor raises it beyond 1.5 times what arrives.
 */
export class RateControl {
  bitsPerSecond = Infinity;
  lastDecreaseMs = -Infinity;
  readonly #floor: number;
  #updatedMs = -1;
  #holding = false;
  #congestedSinceMs = -1;
  /** The most that arrived, in bits per second, in the current part of the time that it holds for, and in the one before. */
  #mostDelivered = 0;
  #earlierMostDelivered = 0;
  #mostSinceMs = -Infinity;
  /** Where to return to once the queue has drained; 0 when it does not drain. */
  #afterDrain = 0;
  #capacityKbps = -1;
  /** Normalised variance of the capacity: its square root, in sqrt(kbps), spans what counts as near. */
  #capacityVariance = 0.4;

  constructor(floorBitsPerSecond: number) {
    this.#floor = floorBitsPerSecond;
  }

  /** @returns true when the rate fell. */
  update(input: ControlInput, nowMs: number): boolean {
    const elapsedMs = this.#updatedMs < 0 ? 0 : Math.min(1000, nowMs - this.#updatedMs);
    this.#updatedMs = nowMs;
    this.#holdDelivered(input.deliveredBitsPerSecond, nowMs);
    const unlimited = this.bitsPerSecond === Infinity;
    if (input.usage === 'overusing' || (unlimited && input.standingQueueMs > certainQueueMs)) {
      this.#holding = true;
      if (this.#congestedSinceMs < 0) {
        this.#congestedSinceMs = nowMs;
      }
      return nowMs - this.#congestedSinceMs >= confirmMs && this.#decrease(input, nowMs);
    }
    this.#congestedSinceMs = -1;
    if (this.#afterDrain > 0 && input.standingQueueMs < firstQueueMs) {
      this.bitsPerSecond = Math.max(this.bitsPerSecond, this.#afterDrain);
      this.#afterDrain = 0;
    }
    if (input.usage === 'underusing') {
      // The queue drains: growing now would fill it again.
      this.#holding = true;
      return false;
    }
    if (this.#holding) {
      this.#holding = false;
      return false;
    }
    this.#increase(input, elapsedMs);
    return false;
  }

  /** What a probe has proved, or what is known from elsewhere. */
  raiseTo(bitsPerSecond: number): void {
    if (this.bitsPerSecond < bitsPerSecond) {
      this.bitsPerSecond = bitsPerSecond;
      this.#forgetCapacity();
    }
  }

  reset(): void {
    this.bitsPerSecond = Infinity;
    this.lastDecreaseMs = -Infinity;
    this.#updatedMs = -1;
    this.#holding = false;
    this.#afterDrain = 0;
    this.#congestedSinceMs = -1;
    this.#mostDelivered = 0;
    this.#earlierMostDelivered = 0;
    this.#forgetCapacity();
  }

  #holdDelivered(bitsPerSecond: number, nowMs: number): void {
    if (nowMs - this.#mostSinceMs > deliveredHoldMs) {
      this.#earlierMostDelivered = this.#mostDelivered;
      this.#mostDelivered = 0;
      this.#mostSinceMs = nowMs;
    }
    this.#mostDelivered = Math.max(this.#mostDelivered, bitsPerSecond);
  }

  #decrease(input: ControlInput, nowMs: number): boolean {
    const { standingQueueMs, applicationLimited } = input;
    const leastQueueMs = this.bitsPerSecond === Infinity ? firstQueueMs : nextQueueMs;
    if (input.deliveredBitsPerSecond < 0 || standingQueueMs < leastQueueMs) {
      return false;
    }
    // While a queue is short it has not stood for as long as the average goes back.
    const delivered =
      standingQueueMs < certainQueueMs ? input.peakBitsPerSecond : input.deliveredBitsPerSecond;
    const intervalMs = Math.min(
      maxDecreaseIntervalMs,
      // What is in the queue already has to pass before a decrease shows.
      Math.max(minDecreaseIntervalMs, input.roundTripMs + standingQueueMs + feedbackDelayMs),
    );
    if (nowMs - this.lastDecreaseMs < intervalMs) {
      return false;
    }
    const held = Math.max(delivered, this.#mostDelivered, this.#earlierMostDelivered);
    let rate = held * decreaseFactor;
    if (rate > this.bitsPerSecond && this.#capacityKbps > 0) {
      rate = this.#capacityKbps * 1000 * decreaseFactor;
    }
    if (applicationLimited) {
      // What arrives says nothing of what could: others fill the queue, and half is a guess.
      rate = Math.max(rate, this.bitsPerSecond / 2);
    }
    rate = Math.max(this.#floor, Math.min(rate, this.bitsPerSecond));
    this.#noteCapacity(delivered / 1000);
    const drainFactor = Math.max(minDrainFactor, 1 - standingQueueMs / drainMs);
    if (!applicationLimited && drainFactor < decreaseFactor) {
      const proved = held * decreaseFactor;
      this.#afterDrain = this.#afterDrain > 0 ? Math.min(this.#afterDrain, proved) : rate;
      rate = Math.max(this.#floor, (rate * drainFactor) / decreaseFactor);
    }
    this.lastDecreaseMs = nowMs;
    const fell = rate < this.bitsPerSecond;
    this.bitsPerSecond = rate;
    return fell;
  }

  #increase(input: ControlInput, elapsedMs: number): void {
    const { deliveredBitsPerSecond: delivered } = input;
    if (this.bitsPerSecond === Infinity || delivered < 0) {
      return;
    }
    const spreadKbps = 3 * Math.sqrt(this.#capacityVariance * Math.max(this.#capacityKbps, 1));
    if (this.#capacityKbps > 0 && delivered / 1000 > this.#capacityKbps + spreadKbps) {
      this.#forgetCapacity();
    }
    let growth: number;
    if (this.#capacityKbps > 0) {
      const perSecond = Math.max(
        minAdditivePerSecond,
        (packetBits * 1000) / (input.roundTripMs + feedbackDelayMs),
      );
      growth = (perSecond * elapsedMs) / 1000;
    } else {
      growth = Math.max(
        this.bitsPerSecond * (growthPerSecond ** (elapsedMs / 1000) - 1),
        (minGrowthBitsPerSecond * elapsedMs) / 1000,
      );
    }
    const grown = Math.min(this.bitsPerSecond + growth, growthLimit(delivered));
    // What arrives without a queue is proved, however far it lies above the estimate.
    const proved = input.standingQueueMs < firstQueueMs ? delivered * provedShare : 0;
    this.bitsPerSecond = Math.max(this.bitsPerSecond, grown, proved);
  }

  #noteCapacity(deliveredKbps: number): void {
    if (this.#capacityKbps < 0) {
      this.#capacityKbps = deliveredKbps;
      return;
    }
    const spreadKbps = 3 * Math.sqrt(this.#capacityVariance * this.#capacityKbps);
    if (deliveredKbps < this.#capacityKbps - spreadKbps) {
      this.#capacityKbps = deliveredKbps;
      this.#capacityVariance = 0.4;
      return;
    }
    const error = this.#capacityKbps - deliveredKbps;
    this.#capacityKbps += -0.05 * error;
    const variance = 0.95 * this.#capacityVariance + (0.05 * error * error) / Math.max(this.#capacityKbps, 1);
    this.#capacityVariance = Math.min(2.5, Math.max(0.4, variance));
  }

  #forgetCapacity(): void {
    this.#capacityKbps = -1;
    this.#capacityVariance = 0.4;
  }
}

/** How high an estimate may grow, by what arrives: beyond that nothing has been tried. */
export function growthLimit(deliveredBitsPerSecond: number): number {
  return deliveredBitsPerSecond * 1.5 + 10_000;
}
