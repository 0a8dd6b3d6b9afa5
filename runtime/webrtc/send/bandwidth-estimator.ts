import {
  ArrivalGroups,
  DelayTrend,
  DeliveredRate,
  LossBound,
  ProbeMeasurement,
  QueueDelay,
  RateControl,
  SentPackets,
  SentRate,
  growthLimit,
} from './congestion/index.ts';
import type { ControlInput, FeedbackVerdict, LossLimits } from './congestion/index.ts';

const floorBitsPerSecond = 50_000;
/** Feedback tells time in 24 bits of 64 ms, which come round every 12.4 days. */
const arrivalWrapMs = 2 ** 30;
/** Sending less than this share of the estimate is for want of more to send. */
const applicationLimitedShare = 0.65;
/** A path that carried all that was wanted for so long without a sign of congestion limits nothing any more. */
const unlimitedAfterMs = 30_000;
const unlimitedHeadroom = 1.2;
/** Less than this share of the last one is a receiver's estimate that has met congestion. */
const fallenShare = 0.95;
/** Decreases that follow each other closer than this answer one congestion. */
const episodeMs = 3000;
/** So long what was carried before a congestion is worth a probe, once the queue has been gone for a moment. */
const recoverableMs = 10_000;
const recoveredAfterMs = 300;
const drainedQueueMs = 25;
/** Until a probe's queue has drained and its feedback is there. */
const afterProbeMs = 400;

/**
 * How much a subscriber's path carries: send-side congestion control after draft-ietf-rmcat-gcc-02 as libwebrtc
 * does it, from transport-wide feedback; REMB and receiver reports where there is none. Unlimited until the
 * path shows congestion, because most paths of a LAN never do. Memory is fixed and nothing is allocated per
 * packet. Pure: time is given.
 */
export class BandwidthEstimator {
  readonly #packets = new SentPackets();
  readonly #sent = new SentRate();
  readonly #groups = new ArrivalGroups();
  readonly #trend = new DelayTrend();
  readonly #queue = new QueueDelay();
  readonly #delivered = new DeliveredRate();
  readonly #loss = new LossBound();
  readonly #control = new RateControl(floorBitsPerSecond);
  readonly #probe = new ProbeMeasurement();
  readonly #input: ControlInput = {
    usage: 'normal',
    deliveredBitsPerSecond: -1,
    peakBitsPerSecond: -1,
    applicationLimited: false,
    standingQueueMs: 0,
    roundTripMs: 0,
  };
  readonly #lossLimits: LossLimits = {
    sentBitsPerSecond: 0,
    usedBitsPerSecond: 0,
    growthLimit: 0,
    floor: floorBitsPerSecond,
  };
  #wantedBitsPerSecond = 0;
  #remb = Infinity;
  #hasFeedback = false;
  /** Something has arrived since stock was last taken. */
  #hasNews = false;
  #arrivalOffsetMs = 0;
  #lastArrivalMs = -1;
  #probeEndMs = -Infinity;
  #lastReportMs = -1;
  #lastDecreaseMs = -Infinity;
  #calmSinceMs = -1;
  #beforeCongestion = 0;
  #queueSeenMs = -Infinity;

  /** Bits per second; `Infinity` while nothing is known to limit. */
  get bitsPerSecond(): number {
    const measured = Math.min(this.#control.bitsPerSecond, this.#loss.bitsPerSecond);
    return this.#hasFeedback ? measured : Math.min(measured, this.#remb);
  }

  /** Whether the receiver reports each packet (TWCC), so that probes can be measured. */
  get hasFeedback(): boolean {
    return this.#hasFeedback;
  }

  /** When the path last showed congestion, or `-Infinity`. */
  get lastDecreaseMs(): number {
    return this.#lastDecreaseMs;
  }

  /** How long packets stand in the path's queue now. */
  get standingQueueMs(): number {
    return this.#queue.standingMs;
  }

  /**
   * What the path was thought to carry before a congestion that has passed; 0 when there is none that passed just now.
   * A process that stood still, a radio that was busy, a route that changed look like a path that became narrow, and
   * are over in a second: worth a probe then, and no long way up.
   */
  recoverableBitsPerSecond(nowMs: number): number {
    const hasPassed =
      nowMs - this.#lastDecreaseMs < recoverableMs &&
      nowMs - Math.max(this.#lastDecreaseMs, this.#queueSeenMs) >= recoveredAfterMs;
    return hasPassed ? this.#beforeCongestion : 0;
  }

  /** What was sent lately, media, retransmissions and padding. */
  sentBitsPerSecond(nowMs: number): number {
    return this.#sent.bitsPerSecond(nowMs);
  }

  /** One packet left. @param transportSequence its transport-wide number, or -1 when it carries none */
  onSent(transportSequence: number, bytes: number, nowMs: number): void {
    this.#sent.add(bytes, nowMs);
    if (transportSequence >= 0) {
      this.#packets.add(transportSequence, bytes, nowMs);
      this.#probe.onSent(bytes, nowMs);
    }
  }

  /** One packet of transport-wide feedback; `arrivalMs` is -1 when it was lost. */
  onFeedbackPacket(transportSequence: number, arrivalMs: number, nowMs: number): void {
    const verdict = this.#packets.settle(transportSequence, arrivalMs >= 0);
    if (verdict === 'unknown' || verdict === 'lost-again') {
      return;
    }
    this.#hasFeedback = true;
    const sentMs = this.#packets.sentMsOf(transportSequence);
    // Loss of what was sent before the last decrease has had its answer.
    if (sentMs > this.#lastDecreaseMs) {
      this.#countLoss(verdict);
    }
    if (verdict === 'lost') {
      return;
    }
    const bytes = this.#packets.bytesOf(transportSequence);
    this.#hasNews = true;
    const arrival = this.#unwrapArrival(arrivalMs);
    this.#delivered.add(arrival, bytes);
    this.#probe.onArrival(sentMs, arrival, bytes);
    if (verdict === 'received-late') {
      // It took another way or stood behind others: its delay is not the queue's.
      return;
    }
    switch (this.#groups.add(sentMs, arrival)) {
      case 'complete':
        this.#trend.add(this.#groups.sendDeltaMs, this.#groups.arrivalDeltaMs, arrival);
        break;
      case 'reset':
        this.#trend.reset();
        this.#queue.reset();
        this.#delivered.restartWindow();
        break;
      case 'none':
        break;
    }
    this.#queue.add(sentMs, arrival, nowMs);
  }

  /** The receiver's own estimate (REMB). */
  onRemb(bitsPerSecond: number, nowMs: number): void {
    const before = this.#remb;
    const estimate = this.bitsPerSecond;
    this.#remb = Math.max(floorBitsPerSecond, bitsPerSecond);
    if (!this.#hasFeedback && this.#remb < before * fallenShare) {
      this.#noteDecrease(estimate, nowMs);
    }
  }

  /** Loss of a receiver report, for receivers without transport-wide feedback; 0 to 1. */
  onReportedLoss(fraction: number, nowMs: number): void {
    if (this.#hasFeedback) {
      return;
    }
    const elapsedMs = this.#lastReportMs < 0 ? 1000 : nowMs - this.#lastReportMs;
    // A receiver reports each stream by itself: those of one moment are one measure, the worst first.
    if (elapsedMs < 500 && fraction <= 0.1) {
      return;
    }
    this.#lastReportMs = nowMs;
    const sent = this.#sent.bitsPerSecond(nowMs);
    const estimate = this.bitsPerSecond;
    if (this.#loss.take(fraction, elapsedMs, this.#limitLoss(sent, growthLimit(sent)))) {
      this.#noteDecrease(estimate, nowMs);
    }
  }

  /**
   * Takes stock; call after each feedback and several times a second.
   *
   * @param wantedBitsPerSecond what all that the subscriber wants would cost
   */
  update(nowMs: number, wantedBitsPerSecond = 0, roundTripMs = 0): void {
    this.#wantedBitsPerSecond = wantedBitsPerSecond;
    const estimate = this.bitsPerSecond;
    if (this.#trend.usage === 'overusing' || this.#queue.standingMs > drainedQueueMs) {
      this.#queueSeenMs = nowMs;
    }
    const sent = this.#sent.bitsPerSecond(nowMs);
    const delivered = this.#delivered.bitsPerSecond;
    if (this.#hasFeedback) {
      const limit = growthLimit(delivered < 0 ? sent : Math.max(delivered, 0));
      if (this.#loss.update(this.#limitLoss(sent, limit), nowMs)) {
        this.#noteDecrease(estimate, nowMs);
      }
    }
    if (this.#hasNews && !this.#isProbing(nowMs, roundTripMs)) {
      // Without news the last trend is no trend: a silent path neither shrinks nor grows.
      this.#hasNews = false;
      const input = this.#input;
      input.usage = this.#trend.usage;
      input.deliveredBitsPerSecond = delivered;
      input.peakBitsPerSecond = this.#delivered.peakBitsPerSecond;
      input.applicationLimited = sent < this.bitsPerSecond * applicationLimitedShare;
      input.standingQueueMs = this.#queue.standingMs;
      input.roundTripMs = roundTripMs;
      if (this.#control.bitsPerSecond === Infinity) {
        // Against "unlimited" everything would count as little.
        input.applicationLimited = false;
      }
      if (this.#control.update(input, nowMs)) {
        this.#noteDecrease(estimate, nowMs);
      }
    }
    this.#becomeUnlimited(nowMs, wantedBitsPerSecond);
  }

  /** Begins to measure a probe: all that is sent from now on. */
  beginProbe(nowMs: number): void {
    this.#probe.begin(nowMs);
    this.#probeEndMs = Infinity;
  }

  /** The probe's last packet has left. */
  endProbe(nowMs: number): void {
    this.#probe.end(nowMs);
    this.#probeEndMs = nowMs;
  }

  /** A queue of a probe's own making is what it was sent for, and no reason to send less. */
  #isProbing(nowMs: number, roundTripMs: number): boolean {
    return nowMs - this.#probeEndMs < roundTripMs + afterProbeMs;
  }

  /** Bytes that the probe under way has sent, media and padding. */
  get probeBytes(): number {
    return this.#probe.sentBytes;
  }

  get hasProbeArrived(): boolean {
    return this.#probe.hasArrived;
  }

  /**
   * Takes what the last probe has proved, once its feedback is there.
   *
   * @returns bits per second; 0 when too little of it arrived, -1 when it measured nothing.
   */
  concludeProbe(nowMs: number): number {
    const proved = this.#probe.result();
    // Congestion since the probe's beginning knows better.
    if (proved > 0 && this.#trend.usage !== 'overusing') {
      this.raiseTo(proved, nowMs);
    }
    return proved;
  }

  /** Media itself has proved that the path carries this much. */
  raiseTo(bitsPerSecond: number, nowMs: number): void {
    this.#control.raiseTo(bitsPerSecond);
    this.#loss.bitsPerSecond = Math.max(this.#loss.bitsPerSecond, bitsPerSecond);
    this.#calmSinceMs = nowMs;
  }

  /** The path is another one (ICE restart, reconnect): what was learned of the old one is forgotten. */
  reset(): void {
    this.#packets.clear();
    this.#groups.reset();
    this.#trend.reset();
    this.#queue.reset();
    this.#delivered.reset();
    this.#loss.reset();
    this.#control.reset();
    this.#probe.begin(Infinity);
    this.#probeEndMs = -Infinity;
    this.#remb = Infinity;
    this.#hasFeedback = false;
    this.#hasNews = false;
    this.#lastArrivalMs = -1;
    this.#arrivalOffsetMs = 0;
    this.#lastReportMs = -1;
    this.#lastDecreaseMs = -Infinity;
    this.#calmSinceMs = -1;
    this.#beforeCongestion = 0;
    this.#queueSeenMs = -Infinity;
  }

  #limitLoss(sent: number, limit: number): LossLimits {
    const limits = this.#lossLimits;
    const allowed = this.#control.bitsPerSecond;
    limits.sentBitsPerSecond = sent;
    limits.usedBitsPerSecond = Math.max(sent, allowed === Infinity ? this.#wantedBitsPerSecond : allowed);
    limits.growthLimit = limit;
    return limits;
  }

  #countLoss(verdict: FeedbackVerdict): void {
    if (verdict === 'lost') {
      this.#loss.onLost();
    } else if (verdict === 'received') {
      this.#loss.onReceived();
    } else {
      this.#loss.onLossTakenBack();
    }
  }

  #noteDecrease(estimate: number, nowMs: number): void {
    if (nowMs - this.#lastDecreaseMs > episodeMs) {
      this.#beforeCongestion = estimate;
    }
    this.#lastDecreaseMs = nowMs;
    this.#calmSinceMs = nowMs;
  }

  /** Once hit, a path stays limited only while it could hit again. */
  #becomeUnlimited(nowMs: number, wantedBitsPerSecond: number): void {
    const limited = Math.min(this.#control.bitsPerSecond, this.#loss.bitsPerSecond);
    if (
      limited === Infinity ||
      wantedBitsPerSecond === 0 ||
      limited < wantedBitsPerSecond * unlimitedHeadroom
    ) {
      this.#calmSinceMs = nowMs;
    } else if (nowMs - this.#calmSinceMs > unlimitedAfterMs) {
      this.#control.reset();
      this.#loss.reset();
    }
  }

  /** Times of arrival that go on where the receiver's clock comes round. */
  #unwrapArrival(arrivalMs: number): number {
    if (this.#lastArrivalMs >= 0) {
      const step = arrivalMs - this.#lastArrivalMs;
      if (step < -arrivalWrapMs / 2) {
        this.#arrivalOffsetMs += arrivalWrapMs;
      } else if (step > arrivalWrapMs / 2) {
        this.#arrivalOffsetMs -= arrivalWrapMs;
      }
    }
    this.#lastArrivalMs = arrivalMs;
    return arrivalMs + this.#arrivalOffsetMs;
  }
}
