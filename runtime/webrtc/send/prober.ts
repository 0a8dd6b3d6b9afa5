import type { BandwidthEstimator } from './bandwidth-estimator.ts';

/** Long enough that a timer late by a few milliseconds does not spoil the measure, short enough to make no queue. */
const minClusterMs = 60;
const maxClusterMs = 100;
/** With fewer packets the least transit times are those of chance where there is jitter. */
const clusterPackets = 40;
/** RTP counts its padding in one byte. */
const paddingBytes = 224;
const maxPerTick = 64;
const feedbackMs = 250;
/** What has not arrived by then is taken for lost, behind whatever queue. */
const lateFeedbackMs = 1000;

/** How a probe ended: what was asked for and what was proved, in bits per second. */
export type ProbeOutcome = { targetBitsPerSecond: number; provedBitsPerSecond: number };

/**
 * Sends one short cluster of packets at a rate that is to be proved: whatever media goes out meanwhile, filled up
 * with padding. Pure but for the padding that it sends: time is given.
 */
export class Prober {
  readonly #estimator: BandwidthEstimator;
  readonly #sendPadding: (bytes: number) => number;
  #phase: 'idle' | 'sending' | 'waiting' = 'idle';
  #targetBitsPerSecond = 0;
  #clusterMs = minClusterMs;
  #startMs = 0;
  #endMs = 0;

  /** @param sendPadding sends one packet of padding; answers its size, 0 when it cannot. */
  constructor(estimator: BandwidthEstimator, sendPadding: (bytes: number) => number) {
    this.#estimator = estimator;
    this.#sendPadding = sendPadding;
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  /** {@link send} has to be called every few milliseconds. */
  get isSending(): boolean {
    return this.#phase === 'sending';
  }

  start(targetBitsPerSecond: number, nowMs: number): void {
    this.#phase = 'sending';
    this.#targetBitsPerSecond = targetBitsPerSecond;
    const forPacketsMs = (clusterPackets * paddingBytes * 8000) / targetBitsPerSecond;
    this.#clusterMs = Math.min(maxClusterMs, Math.max(minClusterMs, forPacketsMs));
    this.#startMs = nowMs;
    this.#estimator.beginProbe(nowMs);
  }

  /** Sends the padding that is due. */
  send(nowMs: number): void {
    if (this.#phase !== 'sending') {
      return;
    }
    const elapsedMs = Math.min(this.#clusterMs, nowMs - this.#startMs);
    const due = (this.#targetBitsPerSecond * elapsedMs) / 8000;
    for (let i = 0; i < maxPerTick && this.#estimator.probeBytes < due; i++) {
      if (this.#sendPadding(paddingBytes) === 0) {
        break;
      }
    }
    if (elapsedMs >= this.#clusterMs) {
      this.#estimator.endProbe(nowMs);
      this.#phase = 'waiting';
      this.#endMs = nowMs;
    }
  }

  /** The outcome once its feedback had time to come. */
  conclude(nowMs: number, roundTripMs: number): ProbeOutcome | undefined {
    const waitMs = roundTripMs + (this.#estimator.hasProbeArrived ? feedbackMs : lateFeedbackMs);
    if (this.#phase !== 'waiting' || nowMs - this.#endMs < waitMs) {
      return undefined;
    }
    this.#phase = 'idle';
    return {
      targetBitsPerSecond: this.#targetBitsPerSecond,
      provedBitsPerSecond: this.#estimator.concludeProbe(nowMs),
    };
  }

  reset(): void {
    this.#phase = 'idle';
  }
}
