import { setTimeout as delay } from 'node:timers/promises';
import { forwardingArguments } from '../../runtime/worker/garbage-collection.ts';
import { watchIdleShare } from '../processor-time.ts';
import { BenchProcess } from './bench-process.ts';
import type { Cores } from './bench-process.ts';
import { forwardedPerSecond, receiversOfEach, sourcesOf } from './cases.ts';
import type { ForwardCase } from './cases.ts';
import type { Encryption } from './encryption.ts';
import type {
  Arrivals,
  FromPublishers,
  FromSubscribers,
  FromWorker,
  ToPublishers,
  ToSubscribers,
  ToWorker,
  WorkerTotals,
} from './messages.ts';

/** Stock werift; Roomflow as it is; Roomflow with its native helper, where there is one for this machine. */
export const implementations = ['stock', 'ours', 'native'] as const;
export type Implementation = (typeof implementations)[number];

/** What one measurement found. */
export type Round = {
  usPerPacket: number;
  forwardedPerSecond: number;
  /** Of what should have reached subscribers. */
  lossPercent: number;
  delayP50Ms: number;
  delayP99Ms: number;
  rssMb: number;
  /** Share of garbage collections in the worker's processor time, seen in the warm-up. */
  gcShare: number;
  /** Processor time of the worker per second. */
  cores: number;
  /** Processor time of all peers per second. */
  peerCores: number;
  /** How late the publishers were at worst. */
  senderLatestMs: number;
  idleShare: number;
};

/** What a worker did that was offered more than it can. */
export type Flood = {
  forwarded: number;
  cpuMicroseconds: number;
  forwardedPerSecond: number;
  /** Processor time of the publishers per second. */
  publisherCores: number;
};

const runInSeconds = 12;
const runInPerSecond = 10_000;
const sampledPerSecond = 1500;
/** Enough for what is under way to arrive. */
const settleMs = 200;
const longestBacklogMs = 10_000;
const connectingAtATime = 4;

/** A worker of one implementation with the peers of a case, all connected. Leaving its scope ends it. */
export class Forwarding implements Disposable {
  readonly #case: ForwardCase;
  readonly #signal: AbortSignal;
  readonly #worker: BenchProcess<ToWorker, FromWorker>;
  readonly #publishers: BenchProcess<ToPublishers, FromPublishers>;
  readonly #subscribers: BenchProcess<ToSubscribers, FromSubscribers>;
  /** SRTP protection profiles that were negotiated (RFC 5764 section 4.1.2). */
  readonly srtpProfiles = new Set<number>();

  private constructor(
    implementation: Implementation,
    forwardCase: ForwardCase,
    cores: { worker: Cores; peers: Cores },
    encryption: Encryption,
    signal: AbortSignal,
  ) {
    this.#case = forwardCase;
    this.#signal = signal;
    this.#worker = new BenchProcess(
      implementation === 'stock' ? 'stock-worker.ts' : 'our-worker.ts',
      cores.worker,
      implementation === 'stock'
        ? {}
        : { nodeArguments: forwardingArguments, fileArguments: [implementation] },
    );
    const peers = { fileArguments: [encryption] };
    this.#publishers = new BenchProcess('publishers.ts', cores.peers, peers);
    this.#subscribers = new BenchProcess('subscribers.ts', cores.peers, peers);
  }

  static async open(
    implementation: Implementation,
    forwardCase: ForwardCase,
    cores: { worker: Cores; peers: Cores },
    signal: AbortSignal,
    encryption: Encryption = 'any',
  ): Promise<Forwarding> {
    const forwarding = new Forwarding(implementation, forwardCase, cores, encryption, signal);
    try {
      await forwarding.#connect();
      return forwarding;
    } catch (error) {
      forwarding[Symbol.dispose]();
      throw error;
    }
  }

  async #connect(): Promise<void> {
    await Promise.all([this.#worker.ready, this.#publishers.ready, this.#subscribers.ready]);
    const kinds = this.#case.tracks.map((track) => track.kind);
    for (let publisher = 0; publisher < this.#case.publishers; publisher++) {
      const offer = await this.#publishers.ask({ type: 'offer', publisher, forwardCase: this.#case });
      const answer = await this.#worker.ask({ type: 'publish', publisher, sdp: offer.sdp, kinds });
      const { srtpProfile } = await this.#publishers.ask({ type: 'answer', publisher, sdp: answer.sdp });
      this.srtpProfiles.add(srtpProfile);
    }
    const connecting: Promise<unknown>[] = [];
    for (let subscriber = 0; subscriber < this.#case.subscribers; subscriber++) {
      this.#signal.throwIfAborted();
      const publishers = sourcesOf(this.#case, subscriber);
      const offer = await this.#worker.ask({ type: 'subscribe', subscriber, publishers });
      const answer = await this.#subscribers.ask({ type: 'accept', subscriber, sdp: offer.sdp });
      await this.#worker.ask({ type: 'answer', subscriber, sdp: answer.sdp });
      connecting.push(
        this.#subscribers.ask(
          { type: 'connected', subscriber },
          (connected) => connected.subscriber === subscriber,
        ),
      );
      if (connecting.length >= connectingAtATime) {
        await connecting.shift();
      }
    }
    await Promise.all(connecting);
  }

  /**
   * Sends for a while what a meeting sends in minutes: V8 compiles what it runs often as well as it can only after some
   * ten thousand packets have come in, which takes half a minute at 300 a second.
   */
  async runIn(): Promise<void> {
    const rateFactor = Math.max(1, runInPerSecond / forwardedPerSecond(this.#case));
    await this.#publishers.ask({ type: 'send', seconds: runInSeconds, keyFrameSeconds: 5, rateFactor });
    await this.#settle();
  }

  /** Sends for `seconds` after a warm-up, and counts what came of exactly these packets. */
  async measure(seconds: number, warmUpSeconds: number, rateFactor = 1): Promise<Round> {
    const gcShare = await this.#warmUp(warmUpSeconds, rateFactor);
    const expectedPerSecond = forwardedPerSecond(this.#case) * rateFactor;
    const sampleEvery = Math.max(1, Math.round(expectedPerSecond / sampledPerSecond));
    await this.#subscribers.ask({ type: 'count', sampleEvery });
    const before = await this.#totals();
    const idleShare = watchIdleShare();
    const sent = await this.#publishers.ask({ type: 'send', seconds, keyFrameSeconds: 5, rateFactor });
    const idle = idleShare();
    await this.#settle();
    const after = await this.#totals();
    const counted = await this.#subscribers.ask({ type: 'counted' });
    const forwarded = after.forwardedPackets - before.forwardedPackets;
    if (forwarded === 0) {
      throw new Error(`Nothing was forwarded in ${this.#case.name}.`);
    }
    // A worker with a backlog works longer than is sent.
    const workedSeconds = Math.max(seconds, (after.atMs - before.atMs - 2 * settleMs) / 1000);
    const due = sent.packetsToForward * receiversOfEach(this.#case);
    const cpuMicroseconds = after.cpuMicroseconds - before.cpuMicroseconds;
    return {
      usPerPacket: cpuMicroseconds / forwarded,
      forwardedPerSecond: forwarded / workedSeconds,
      lossPercent: 100 * (1 - counted.packets / due),
      delayP50Ms: counted.delayP50Ms,
      delayP99Ms: counted.delayP99Ms,
      rssMb: after.rssBytes / 2 ** 20,
      gcShare,
      cores: cpuMicroseconds / 1e6 / workedSeconds,
      peerCores: (sent.cpuMicroseconds + counted.cpuMicroseconds) / 1e6 / workedSeconds,
      senderLatestMs: sent.latestMs,
      idleShare: idle,
    };
  }

  /** @returns the share of garbage collections in the worker's processor time. */
  async #warmUp(seconds: number, rateFactor: number): Promise<number> {
    await this.#worker.ask({ type: 'watchGc', on: true });
    const before = await this.#totals();
    await this.#publishers.ask({ type: 'send', seconds, keyFrameSeconds: 0.5, rateFactor });
    await this.#settle();
    const after = await this.#totals();
    const { gcMilliseconds } = await this.#worker.ask({ type: 'watchGc', on: false });
    return (gcMilliseconds * 1000) / (after.cpuMicroseconds - before.cpuMicroseconds);
  }

  /** The delays of the same packets sent from process to process without a worker. */
  async measureDirect(seconds: number): Promise<Arrivals> {
    const { port } = await this.#subscribers.ask({ type: 'direct' });
    await this.#subscribers.ask({ type: 'count', sampleEvery: 1 });
    await this.#publishers.ask({ type: 'direct', port, seconds });
    await this.#settle();
    return this.#subscribers.ask({ type: 'counted' });
  }

  /** Writes a profile of the worker while it forwards, and tells what a packet cost meanwhile. */
  async profile(file: string, seconds: number, warmUpSeconds: number): Promise<Round> {
    await this.measure(warmUpSeconds, warmUpSeconds);
    await this.#worker.ask({ type: 'profile' });
    const round = await this.measure(seconds, warmUpSeconds);
    await this.#worker.ask({ type: 'profiled', file });
    return round;
  }

  /**
   * Sends as much as `rateFactor` says to subscribers that take nothing from their sockets: the kernel
   * carries each datagram to its socket, finds the queue full and drops it there.
   */
  async flood(seconds: number, warmUpSeconds: number, rateFactor: number): Promise<Flood> {
    this.#subscribers.suspend();
    try {
      await this.#publishers.ask({ type: 'send', seconds: warmUpSeconds, keyFrameSeconds: 0.5, rateFactor });
      const before = await this.#totals();
      const sent = await this.#publishers.ask({ type: 'send', seconds, keyFrameSeconds: 5, rateFactor });
      const after = await this.#totals();
      const elapsedSeconds = (after.atMs - before.atMs) / 1000;
      const forwarded = after.forwardedPackets - before.forwardedPackets;
      const cpuMicroseconds = after.cpuMicroseconds - before.cpuMicroseconds;
      return {
        forwarded,
        cpuMicroseconds,
        forwardedPerSecond: forwarded / elapsedSeconds,
        publisherCores: sent.cpuMicroseconds / 1e6 / elapsedSeconds,
      };
    } finally {
      this.#subscribers.resume();
    }
  }

  #totals(): Promise<WorkerTotals> {
    return this.#worker.ask({ type: 'measure' });
  }

  /** Waits until nothing is under way any more: a worker that was offered too much has a backlog. */
  async #settle(): Promise<void> {
    let forwardedPackets = -1;
    for (let waitedMs = 0; waitedMs < longestBacklogMs; waitedMs += settleMs) {
      await delay(settleMs, undefined, { signal: this.#signal });
      const totals = await this.#totals();
      if (totals.forwardedPackets === forwardedPackets) {
        return;
      }
      forwardedPackets = totals.forwardedPackets;
    }
  }

  [Symbol.dispose](): void {
    for (const child of [this.#publishers, this.#subscribers, this.#worker]) {
      child.end();
    }
  }
}
