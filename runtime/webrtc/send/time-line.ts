import type { SenderReport, TrackLayer } from '../incoming-track.ts';
import type { RtpPacket } from '../rtp/packet.ts';

/** A report, and when it came. */
export type KnownReport = { report: SenderReport; arrivalMs: number };

/**
 * Lets the timestamps of one subscriber's stream go on from layer to layer: each counts from a beginning of its own
 * (RFC 3550 section 5.1), but all show the capture clock of one publisher.
 */
export class TimeLine {
  /** Added to the timestamps of the layer that was entered last. */
  offset = 0;
  /** The newest timestamp sent. */
  lastTimestamp = 0;
  readonly #clockRate: number;
  readonly #reports = new Map<TrackLayer, KnownReport>();
  #lastArrivalMs = 0;
  #layer: TrackLayer | undefined;
  #ssrc = -1;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  noteReport(report: SenderReport, arrivalMs: number): void {
    this.#reports.set(report.layer, { report, arrivalMs });
  }

  /** The newest report of the layer that was entered last. */
  get report(): KnownReport | undefined {
    return this.#layer === undefined ? undefined : this.#reportOf(this.#layer, this.#ssrc);
  }

  /** @param timestamp as it was sent, the newest so far */
  noteSent(timestamp: number, arrivalMs: number): void {
    this.lastTimestamp = timestamp;
    this.#lastArrivalMs = arrivalMs;
  }

  /** Goes on with `layer` at its packet. @returns whether another layer was sent before. */
  enter(packet: RtpPacket, arrivalMs: number, layer: TrackLayer): boolean {
    const before = this.#layer;
    if (before !== undefined && this.#ssrc !== packet.ssrc) {
      this.offset = this.#continued(packet, arrivalMs, this.#reportOf(layer, packet.ssrc)?.report);
    }
    this.#layer = layer;
    this.#ssrc = packet.ssrc;
    return before !== undefined && before !== layer;
  }

  clear(): void {
    this.#reports.clear();
  }

  #continued(packet: RtpPacket, arrivalMs: number, after: SenderReport | undefined): number {
    const before = this.report?.report;
    let timestamp: number;
    if (before !== undefined && after !== undefined) {
      // Both layers' reports tell capture time: the exact place of the new picture on the old time line.
      const captureMs =
        after.ntpMs + (((packet.timestamp - after.rtpTimestamp) | 0) * 1000) / this.#clockRate;
      const onOldLine = before.rtpTimestamp + ((captureMs - before.ntpMs) * this.#clockRate) / 1000;
      timestamp = Math.round(onOldLine + this.offset);
    } else {
      const passedMs = arrivalMs - this.#lastArrivalMs;
      timestamp = this.lastTimestamp + Math.round((passedMs * this.#clockRate) / 1000);
    }
    if (((timestamp - this.lastTimestamp) | 0) <= 0) {
      timestamp = this.lastTimestamp + Math.round(this.#clockRate / 100);
    }
    return (timestamp - packet.timestamp) | 0;
  }

  /** A report of the SSRC that the layer had before it began anew says nothing. */
  #reportOf(layer: TrackLayer, ssrc: number): KnownReport | undefined {
    const known = this.#reports.get(layer);
    return known?.report.ssrc === ssrc ? known : undefined;
  }
}
