import type { SubscribeLayer } from '../../contract/index.ts';
import { nowMs } from '../clock.ts';
import type { IncomingTrack } from '../incoming-track.ts';
import { onPaceTick } from '../ticker.ts';
import { BandwidthEstimator } from './bandwidth-estimator.ts';
import type { Forwarder } from './forwarder.ts';
import { allocateLayers } from './layer-allocation.ts';
import type { Allocation, LayerChoice, LayerDemand } from './layer-allocation.ts';
import { Pacer } from './pacer.ts';
import type { PacerLane, PacerStats } from './pacer.ts';
import { PacketSender } from './packet-sender.ts';
import type { PacketOutput, PacketSink } from './packet-sender.ts';
import { Prober } from './prober.ts';
import { UpgradeSchedule } from './upgrade-schedule.ts';

/** What a subscriber wishes for one track. */
export type StreamWish = {
  /** Highest simulcast layer. What is asked for by name goes before what is not. */
  layer: SubscribeLayer | undefined;
  paused: boolean;
};

/** Counters of one subscriber's congestion control. */
export type CongestionStats = {
  /** Estimate of the path in bits per second; `Infinity` while nothing limits. */
  estimatedBitsPerSecond: number;
  /** Probes sent, and how many of them proved what they were sent for. */
  probes: number;
  provedProbes: number;
  pacer: Readonly<PacerStats>;
};

type Transport = PacketOutput & { readonly roundTripMs: number };

type ManagedStream = {
  forwarder: Forwarder;
  lane: PacerLane;
  wish: StreamWish;
  /** What it got last; `undefined` before the first time. */
  choice: LayerChoice | undefined;
};

/** A trial is a layer up without a probe, where none can be sent: as long as a path takes to show that it cannot. */
const trialMs = 4000;
/** What a trial breaks, people see: it has to be likely to hold. */
const firstTrialIntervalMs = 10_000;
const maxTrialIntervalMs = 80_000;
/** Who sees nothing has little to lose by a trial. */
const starvedTrialIntervalMs = 15_000;
const trialHeadroom = 1.2;
/** A probe asks for a little more than is needed, because it measures a little less than it sends. */
const probeMargin = 1.2;
/** A path is not tried with more than this times what it is known to carry: more is tried in steps, each proved. */
const maxProbeFactor = 6;
/** A late timer sends a probe in one burst, which measures nothing: so often it is sent again at once. */
const maxUnmeasuredProbes = 3;
/** Behind a longer queue a probe shows nothing but the queue. */
const maxQueueToProbeMs = 50;

/**
 * Decides what one subscriber gets and when it leaves: the estimate of its path, which layers fit it, probing for
 * more, and the pace of sending.
 */
export class CongestionControl {
  readonly #transport: Transport;
  readonly #sender: PacketSender;
  readonly #estimator = new BandwidthEstimator();
  readonly #pacer: Pacer;
  readonly #prober: Prober;
  readonly #schedule = new UpgradeSchedule();
  readonly #streams = new Map<Forwarder, ManagedStream>();
  #stopPacing: (() => void) | undefined;
  #allocation: Allocation | undefined;
  #neededBitsPerSecond = 0;
  /** The last probe proved what it was sent for, or measured nothing: the next one need not wait. */
  #goesOn = false;
  #unmeasuredProbes = 0;
  #trial: { untilMs: number; bitsPerSecond: number } | undefined;
  #lastTrialMs = -Infinity;
  #trialIntervalMs = firstTrialIntervalMs;
  #decreaseMs = -Infinity;
  #probes = 0;
  #provedProbes = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#sender = new PacketSender(transport, this.#estimator);
    this.#pacer = new Pacer(this.#sender, nowMs, () => this.#beginPacing());
    this.#prober = new Prober(this.#estimator, (bytes) => this.#sendPadding(bytes));
  }

  get stats(): CongestionStats {
    return {
      estimatedBitsPerSecond: this.#estimator.bitsPerSecond,
      probes: this.#probes,
      provedProbes: this.#provedProbes,
      pacer: { ...this.#pacer.stats },
    };
  }

  /** Makes a stream's forwarder over its own way through the pacer. */
  add(track: IncomingTrack, create: (sink: PacketSink) => Forwarder): Forwarder {
    const lane = this.#pacer.lane(track.codec.name === 'opus', (sequence) => {
      forwarder.skipToKeyFrame(sequence);
    });
    const forwarder = create(lane);
    this.#streams.set(forwarder, {
      forwarder,
      lane,
      wish: { layer: undefined, paused: false },
      choice: undefined,
    });
    return forwarder;
  }

  /** Nothing of the stream is sent any more, also not what waits. */
  remove(forwarder: Forwarder): void {
    this.#streams.get(forwarder)?.lane.close();
    this.#streams.delete(forwarder);
  }

  setWish(forwarder: Forwarder, wish: StreamWish): void {
    const stream = this.#streams.get(forwarder);
    if (stream !== undefined) {
      stream.wish = wish;
      if (wish.paused) {
        stream.choice = undefined;
      }
      this.#allocate(nowMs());
    }
  }

  /** Whether a track gets nothing because not even its lowest layer fits. */
  isStarved(forwarder: Forwarder): boolean {
    return this.#streams.get(forwarder)?.choice?.rank === -1;
  }

  onFeedbackPacket(transportSequence: number, arrivalMs: number, now: number): void {
    this.#estimator.onFeedbackPacket(transportSequence, arrivalMs, now);
  }

  /** A message of feedback has been read to its end. */
  onFeedbackEnd(now: number): void {
    this.#takeStock(now);
  }

  onRemb(bitsPerSecond: number, now: number): void {
    this.#estimator.onRemb(bitsPerSecond, now);
    this.#yieldToCongestion(now);
  }

  /** @param fraction of a receiver report, 0 to 1 */
  onReportedLoss(fraction: number, now: number): void {
    this.#estimator.onReportedLoss(fraction, now);
    this.#yieldToCongestion(now);
  }

  /** Takes stock, shares the bandwidth out, tries for more. Call several times a second. */
  update(now: number): void {
    this.#takeStock(now);
    const outcome = this.#prober.conclude(now, this.#transport.roundTripMs);
    if (outcome !== undefined) {
      this.#onProbed(outcome.provedBitsPerSecond, now);
    }
    this.#concludeTrial(now);
    this.#allocate(now);
    this.#tryForMore(now);
  }

  /** The path is another one: everything learned is forgotten. */
  reset(): void {
    this.#estimator.reset();
    this.#schedule.reset();
    this.#prober.reset();
    this.#trial = undefined;
    this.#lastTrialMs = -Infinity;
    this.#trialIntervalMs = firstTrialIntervalMs;
    this.#decreaseMs = -Infinity;
    this.#goesOn = false;
    this.#unmeasuredProbes = 0;
    this.#pacer.setEstimate(Infinity);
  }

  close(): void {
    this.#stopPacing?.();
    this.#stopPacing = undefined;
    this.#pacer.clear();
    this.#streams.clear();
  }

  #takeStock(now: number): void {
    const wanted = this.#allocation === undefined ? 0 : this.#allocation.wantedCost + this.#audioCost();
    this.#estimator.update(now, wanted, this.#transport.roundTripMs);
    this.#pacer.setEstimate(this.#estimator.bitsPerSecond);
    this.#yieldToCongestion(now);
  }

  /** Layers go down at once. */
  #yieldToCongestion(now: number): void {
    if (this.#estimator.lastDecreaseMs > this.#decreaseMs) {
      this.#decreaseMs = this.#estimator.lastDecreaseMs;
      if (this.#trial !== undefined) {
        this.#trial = undefined;
        this.#trialIntervalMs = Math.min(maxTrialIntervalMs, this.#trialIntervalMs * 2);
        this.#schedule.onOutcome(false, now);
      }
      this.#allocate(now);
    }
  }

  #allocate(now: number): void {
    const videos: ManagedStream[] = [];
    for (const stream of this.#streams.values()) {
      if (stream.forwarder.track.codec.name === 'opus' || stream.wish.paused) {
        stream.forwarder.setPaused(stream.wish.paused);
      } else {
        videos.push(stream);
      }
    }
    const estimate = Math.max(this.#estimator.bitsPerSecond, this.#trial?.bitsPerSecond ?? 0);
    const room = Math.max(0, estimate - this.#audioCost());
    const mayRaise =
      room === Infinity ||
      this.#trial !== undefined ||
      this.#schedule.mayRaise(now, this.#estimator.lastDecreaseMs) ||
      (this.#estimator.recoverableBitsPerSecond(now) > 0 && this.#schedule.mayRecover(now));
    const allocation = allocateLayers(videos.map(demandOf), room, mayRaise);
    this.#allocation = allocation;
    this.#schedule.starved = allocation.choices.some(({ rank }) => rank < 0);
    videos.forEach((stream, i) => {
      const choice = allocation.choices[i];
      if (choice !== undefined) {
        this.#apply(stream, choice, now);
      }
    });
  }

  #apply(stream: ManagedStream, choice: LayerChoice, now: number): void {
    const { forwarder, choice: before } = stream;
    if (before !== undefined && this.#estimator.bitsPerSecond !== Infinity) {
      const step =
        choice.rank - before.rank ||
        (choice.temporal === before.temporal ? 0 : choice.temporal - before.temporal);
      if (step > 0) {
        this.#schedule.onUpgrade(now);
      } else if (step < 0) {
        this.#schedule.onDowngrade(now);
      }
    }
    stream.choice = choice;
    forwarder.setPaused(choice.rank < 0);
    if (choice.rank >= 0) {
      forwarder.setTarget(choice.rank, choice.temporal);
    }
  }

  /** Sound has its bandwidth before anything else; what is held back needs none. */
  #audioCost(): number {
    let sum = 0;
    for (const { forwarder, wish } of this.#streams.values()) {
      if (forwarder.track.codec.name === 'opus' && !wish.paused && !forwarder.silenced) {
        sum += forwarder.track.layers[0]?.bitrate ?? 0;
      }
    }
    return sum;
  }

  #onProbed(provedBitsPerSecond: number, now: number): void {
    if (provedBitsPerSecond < 0) {
      this.#unmeasuredProbes++;
      this.#goesOn = this.#unmeasuredProbes % maxUnmeasuredProbes !== 0;
      return;
    }
    this.#unmeasuredProbes = 0;
    this.#goesOn = provedBitsPerSecond >= this.#neededBitsPerSecond;
    // What was tried for may be more than the next layer needs.
    const nextCost = (this.#allocation?.nextCost ?? 0) + this.#audioCost();
    const proved = this.#goesOn || provedBitsPerSecond >= nextCost;
    this.#provedProbes += proved ? 1 : 0;
    this.#schedule.onOutcome(proved, now);
  }

  #tryForMore(now: number): void {
    const { bitsPerSecond, lastDecreaseMs } = this.#estimator;
    const { nextCost, wantedCost } = this.#allocation ?? { nextCost: 0, wantedCost: 0 };
    if (
      bitsPerSecond === Infinity ||
      nextCost === 0 ||
      this.#trial !== undefined ||
      !this.#prober.isIdle ||
      this.#estimator.standingQueueMs > maxQueueToProbeMs
    ) {
      return;
    }
    const audioCost = this.#audioCost();
    let needed = nextCost + audioCost;
    const before = Math.min(this.#estimator.recoverableBitsPerSecond(now), wantedCost + audioCost);
    const recovers = before > bitsPerSecond && this.#schedule.mayRecover(now);
    if (recovers) {
      needed = Math.max(needed, before);
    }
    if (
      needed <= bitsPerSecond ||
      !(recovers || this.#goesOn || this.#schedule.mayTry(now, lastDecreaseMs))
    ) {
      return;
    }
    this.#goesOn = false;
    const canProbe = this.#estimator.hasFeedback && this.#paddingStream() !== undefined;
    const isMeasurable = this.#unmeasuredProbes < maxUnmeasuredProbes || !this.#schedule.starved;
    if (!(canProbe && isMeasurable) && this.#mayTrial(now)) {
      this.#unmeasuredProbes = 0;
      this.#schedule.onAttempt(now);
      this.#lastTrialMs = now;
      this.#trial = { untilMs: now + trialMs, bitsPerSecond: needed };
      this.#allocate(now);
    } else if (canProbe) {
      const target = Math.min(needed * probeMargin, bitsPerSecond * maxProbeFactor);
      this.#schedule.onAttempt(now);
      this.#probes++;
      this.#neededBitsPerSecond = target / probeMargin;
      this.#prober.start(target, now);
      this.#beginPacing();
    }
  }

  #mayTrial(now: number): boolean {
    const sinceMs = now - Math.max(this.#lastTrialMs, this.#estimator.lastDecreaseMs);
    if (this.#schedule.starved) {
      return sinceMs > Math.min(this.#trialIntervalMs, starvedTrialIntervalMs);
    }
    const hasHeadroom =
      this.#estimator.sentBitsPerSecond(now) * trialHeadroom <= this.#estimator.bitsPerSecond;
    return hasHeadroom && sinceMs > this.#trialIntervalMs;
  }

  #concludeTrial(now: number): void {
    if (this.#trial === undefined || now < this.#trial.untilMs) {
      return;
    }
    this.#trial = undefined;
    this.#trialIntervalMs = firstTrialIntervalMs;
    this.#estimator.raiseTo(this.#estimator.sentBitsPerSecond(now), now);
    this.#schedule.onOutcome(true, now);
  }

  #paddingStream(): Forwarder | undefined {
    for (const { forwarder, wish } of this.#streams.values()) {
      if (!wish.paused && forwarder.canPad) {
        return forwarder;
      }
    }
    return undefined;
  }

  #sendPadding(bytes: number): number {
    const forwarder = this.#paddingStream();
    const header = forwarder?.takePaddingHeader();
    if (forwarder === undefined || header === undefined) {
      return 0;
    }
    const sent = this.#sender.sendPadding(header, forwarder.extensions, bytes);
    this.#pacer.spend(sent);
    return sent;
  }

  /** The timer runs only while something waits or a probe is being sent. */
  #beginPacing(): void {
    this.#stopPacing ??= onPaceTick((now) => {
      this.#pacer.flush(now);
      this.#prober.send(now);
      if (!this.#pacer.isWaiting && !this.#prober.isSending) {
        this.#stopPacing?.();
        this.#stopPacing = undefined;
      }
    });
  }
}

function demandOf({ forwarder, wish, choice }: ManagedStream): LayerDemand {
  const { track } = forwarder;
  return {
    bitrates: track.layers.map((layer) => layer.bitrate),
    temporalBitrates: track.layers.map((layer) => layer.temporal),
    wantedRank: wantedRank(track, wish.layer),
    currentRank: choice?.rank ?? -1,
    currentTemporal: choice?.temporal ?? Infinity,
    starved: choice?.rank === -1,
    priority: (track.kind === 'screen_video' ? 2 : 0) + (wish.layer === 'high' ? 1 : 0),
  };
}

function wantedRank(track: IncomingTrack, layer: SubscribeLayer = 'high'): number {
  const highest = track.layers.length - 1;
  switch (layer) {
    case 'low':
      return 0;
    case 'med':
      return Math.round(highest / 2);
    case 'high':
      return highest;
  }
}
