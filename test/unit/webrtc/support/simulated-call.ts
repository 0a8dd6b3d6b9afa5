import { RtpPacket } from '../../../../runtime/webrtc/rtp/packet.ts';
import { noExtensions } from '../../../../runtime/webrtc/rtp/header-extensions.ts';
import { BandwidthEstimator, Pacer, newOutgoingHeader } from '../../../../runtime/webrtc/send/index.ts';
import type { PacketSink } from '../../../../runtime/webrtc/send/index.ts';
import { SimulatedPath } from './simulated-path.ts';
import type { Arrival, PathConditions } from './simulated-path.ts';

const pictureMs = 33;
const keyFrameMs = 5000;
const keyFrameFactor = 4;
const packetBytes = 1200;
const reportMs = 50;

/** What was seen of a while of a call. */
export type Observation = {
  /** Means over the time, bits per second. */
  estimateBps: number;
  deliveredBps: number;
  lowestEstimateBps: number;
  highestEstimateBps: number;
  queueP95Ms: number;
};

/** A sender that always has as much video as the estimate allows, through our pacer and a simulated path. */
export class SimulatedCall {
  readonly estimator = new BandwidthEstimator();
  readonly pacer: Pacer;
  readonly path: SimulatedPath;
  /** What an encoder would send at most. */
  maxBps = 3_000_000;
  /** What the estimator is told is wanted. */
  wantedBps = 0;
  nowMs = 1_000_000;
  /** Gets each report before the estimator does; for feedback that is lost or comes late. */
  onReport: (report: Arrival[], deliver: (report: Arrival[]) => void) => void = (report, deliver) => {
    deliver(report);
  };
  #sequence: number;
  #lane: PacketSink;
  #reports: { dueMs: number; report: Arrival[] }[] = [];
  #nextPictureMs = 0;
  #nextKeyFrameMs = 0;

  constructor(conditions: PathConditions, firstSequence = 0) {
    this.path = new SimulatedPath(conditions);
    this.#sequence = firstSequence;
    this.pacer = new Pacer(
      {
        send: (packet) => {
          const sequence = this.#sequence++;
          this.estimator.onSent(sequence & 0xffff, packet.data.length, this.nowMs);
          this.path.send(sequence, packet.data.length, this.nowMs);
          return packet.data.length;
        },
      },
      () => this.nowMs,
      () => undefined,
    );
    this.#lane = this.pacer.lane(false, () => undefined);
  }

  run(seconds: number): Observation {
    const endMs = this.nowMs + seconds * 1000;
    const startBytes = this.path.deliveredBytes;
    const estimates: number[] = [];
    const queues: number[] = [];
    for (; this.nowMs < endMs; this.nowMs++) {
      if (this.nowMs >= this.#nextPictureMs) {
        this.#nextPictureMs = this.nowMs + pictureMs;
        this.#sendPicture();
      }
      if (this.nowMs % 5 === 0) {
        this.pacer.flush(this.nowMs);
      }
      if (this.nowMs % reportMs === 0) {
        this.#reports.push({
          dueMs: this.nowMs + this.path.conditions.delayMs,
          report: this.path.takeReport(this.nowMs),
        });
      }
      while ((this.#reports[0]?.dueMs ?? Infinity) <= this.nowMs) {
        this.onReport(this.#reports.shift()?.report ?? [], (report) => this.deliver(report));
      }
      if (this.nowMs % 200 === 0) {
        this.estimator.update(this.nowMs, this.wantedBps);
        this.pacer.setEstimate(this.estimator.bitsPerSecond);
      }
      estimates.push(Math.min(this.estimator.bitsPerSecond, this.maxBps));
      queues.push(this.path.queueMs(this.nowMs));
    }
    queues.sort((a, b) => a - b);
    return {
      estimateBps: estimates.reduce((sum, estimate) => sum + estimate, 0) / estimates.length,
      deliveredBps: ((this.path.deliveredBytes - startBytes) * 8) / seconds,
      lowestEstimateBps: Math.min(...estimates),
      highestEstimateBps: Math.max(...estimates),
      queueP95Ms: queues[Math.floor(queues.length * 0.95)] ?? 0,
    };
  }

  /** A packet that comes from no encoder. */
  sendPadding(bytes: number): void {
    const sequence = this.#sequence++;
    this.estimator.onSent(sequence & 0xffff, bytes, this.nowMs);
    this.path.send(sequence, bytes, this.nowMs);
  }

  /** Hands a report to the estimator. */
  deliver(report: readonly Arrival[]): void {
    for (const { sequence, arrivalMs } of report) {
      this.estimator.onFeedbackPacket(sequence & 0xffff, arrivalMs, this.nowMs);
    }
    this.estimator.update(this.nowMs, this.wantedBps);
    this.pacer.setEstimate(this.estimator.bitsPerSecond);
  }

  #sendPicture(): void {
    const rate = Math.min(this.maxBps, this.estimator.bitsPerSecond);
    // A little less between key frames, so that the average is the rate.
    const usual = (rate * pictureMs) / 8000 / (1 + ((keyFrameFactor - 1) * pictureMs) / keyFrameMs);
    const isKey = this.nowMs >= this.#nextKeyFrameMs;
    if (isKey) {
      this.#nextKeyFrameMs = this.nowMs + keyFrameMs;
    }
    const bytes = usual * (isKey ? keyFrameFactor : 1);
    const header = newOutgoingHeader();
    for (let left = bytes; left > 0; left -= packetBytes) {
      this.#lane.send(
        packetOf(Math.max(50, Math.round(Math.min(packetBytes, left)))),
        header,
        noExtensions,
        noExtensions,
      );
    }
  }
}

/** A packet of that many bytes in all. */
export function packetOf(bytes: number): RtpPacket {
  const data = Buffer.alloc(bytes);
  return new RtpPacket(data, data.subarray(12), {
    payloadType: 96,
    marker: false,
    sequenceNumber: 0,
    timestamp: 0,
    ssrc: 1,
    extensionOffset: 0,
    extensionLength: 0,
    extensionProfile: 0,
  });
}
