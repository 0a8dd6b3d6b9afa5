import { Vp8Continuity } from '../codec/vp8-continuity.ts';
import { startsKeyFrame } from '../codec/key-frame.ts';
import { nowMs } from '../clock.ts';
import type { IncomingTrack, SenderReport, TrackLayer } from '../incoming-track.ts';
import { writeSenderReport } from '../rtcp/writer.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { sequenceDelta } from '../sequence.ts';
import type { OutgoingHeader, PacketSender } from './packet-sender.ts';
import { SentHistory } from './sent-history.ts';

const reportIntervalMs = 1000;
const minResendMs = 15;

/** How a forwarded track appears on the subscriber's connection. */
export type OutgoingStream = {
  ssrc: number;
  rtxSsrc: number;
  payloadType: number;
  rtxPayloadType: number;
  extensions: ExtensionIds;
};

/** Counters of one forwarded track. */
export type ForwardStats = {
  packets: number;
  bytes: number;
  resent: number;
  layerSwitches: number;
  /** Packets left out on purpose: sound that is silenced. */
  dropped: number;
};

/**
 * Sends one incoming track to one subscriber as a single continuous RTP stream, whichever simulcast layer
 * it comes from. Layers change at key frames only; sequence numbers, timestamps and VP8 picture ids go on.
 */
export class Forwarder {
  readonly track: IncomingTrack;
  readonly stats: ForwardStats = { packets: 0, bytes: 0, resent: 0, layerSwitches: 0, dropped: 0 };
  readonly #sender: PacketSender;
  readonly #stream: OutgoingStream;
  readonly #history: SentHistory;
  readonly #vp8: Vp8Continuity | undefined;
  readonly #header: OutgoingHeader;
  readonly #reports = new Map<TrackLayer, { report: SenderReport; arrivalMs: number }>();
  readonly #disposers: (() => void)[] = [];
  /** The layer that is being forwarded; undefined until a key frame of the target came. */
  #current: TrackLayer | undefined;
  #target: TrackLayer | undefined;
  #started = false;
  #paused = false;
  #silenced = false;
  /** The next packet follows a silence of our making, and is marked so. */
  #beginsTalkspurt = false;
  #firstSequence = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #timestampLayer: TrackLayer | undefined;
  #nextSequence = Math.floor(Math.random() * 0x8000);
  #lastTimestamp = 0;
  #lastArrivalMs = 0;
  #rtxSequence = Math.floor(Math.random() * 0x8000);
  #lastReportMs = 0;

  constructor(track: IncomingTrack, stream: OutgoingStream, sender: PacketSender) {
    this.track = track;
    this.#sender = sender;
    this.#stream = stream;
    const video = track.codec.name !== 'opus';
    this.#history = new SentHistory(video ? 1024 : 128);
    this.#vp8 = track.codec.name === 'vp8' && track.layers.length > 1 ? new Vp8Continuity() : undefined;
    this.#header = {
      marker: false,
      payloadType: stream.payloadType,
      ssrc: stream.ssrc,
      sequence: 0,
      timestamp: 0,
      vp8Shift: 0,
      originalSequence: -1,
    };
    this.#target = track.layers.at(-1);
    this.#disposers.push(
      track.onForwardedRtp((packet, arrivalMs, layer) => this.#forward(packet, arrivalMs, layer)),
      track.onForwardedChanged((forwarded) => this.setSilenced(!forwarded)),
      track.onSenderReport((report, arrivalMs) => {
        this.#reports.set(report.layer, { report, arrivalMs });
      }),
    );
  }

  /** Begins to forward: not before the subscriber can receive, or its first key frame would be lost. */
  start(): void {
    if (!this.#started) {
      this.#started = true;
      this.#askForKeyFrame();
    }
  }

  get ssrc(): number {
    return this.#stream.ssrc;
  }

  get rtxSsrc(): number {
    return this.#stream.rtxSsrc;
  }

  get silenced(): boolean {
    return this.#silenced;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** What is forwarded now, or -1 before the first key frame and while paused. */
  get currentRank(): number {
    return this.#current?.rank ?? -1;
  }

  /** Stops or resumes forwarding. Video resumes with a key frame. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) {
      return;
    }
    this.#paused = paused;
    this.#current = undefined;
    if (!paused) {
      this.#askForKeyFrame();
    }
  }

  /**
   * Leaves out the packets of sound for a while. Sequence numbers go on without a gap and timestamps stay true,
   * as after a pause of the sender's own; the first packet that follows has the marker bit (RFC 3551 section
   * 4.1). What was left out is never sent, not on request either. Pictures are not for it: they would need a
   * key frame.
   */
  setSilenced(silenced: boolean): void {
    if (this.track.codec.name !== 'opus' || silenced === this.#silenced) {
      return;
    }
    this.#silenced = silenced;
    if (!silenced) {
      this.#beginsTalkspurt = this.#current !== undefined;
      this.#current = undefined;
    }
  }

  /** The layer to go to, at its next key frame, which is asked for until it comes. */
  setTarget(rank: number): void {
    const target = this.track.layers.find((layer) => layer.rank === rank);
    if (target !== undefined) {
      this.#target = target;
    }
    if (this.#target !== this.#current) {
      this.#askForKeyFrame();
    }
  }

  #askForKeyFrame(): void {
    if (this.#started && !this.#paused && this.#target !== undefined) {
      this.track.requestKeyFrame(this.#target);
    }
  }

  #forward(packet: RtpPacket, arrivalMs: number, layer: TrackLayer): void {
    if (this.#paused || !this.#started) {
      return;
    }
    if (this.#silenced) {
      this.stats.dropped++;
      return;
    }
    if (layer !== this.#current) {
      if (layer !== this.#target || !startsKeyFrame(this.track.codec.name, packet.payload)) {
        return;
      }
      this.#enterLayer(packet, arrivalMs, layer);
    }
    const sinceEntered = sequenceDelta(packet.sequenceNumber, this.#firstSequence);
    if (sinceEntered < 0) {
      // Older than the key frame this layer was entered with: its number went to the layer before.
      return;
    }
    if (sinceEntered > 0x4000) {
      // Keeps the comparison valid however long the layer is forwarded.
      this.#firstSequence = (packet.sequenceNumber - 0x2000) & 0xffff;
    }
    const sequence = (packet.sequenceNumber + this.#sequenceOffset) & 0xffff;
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    if (sequenceDelta(sequence, this.#nextSequence) >= 0) {
      this.#nextSequence = (sequence + 1) & 0xffff;
      this.#lastTimestamp = timestamp;
      this.#lastArrivalMs = arrivalMs;
    }
    const header = this.#header;
    header.marker = packet.marker || this.#beginsTalkspurt;
    this.#beginsTalkspurt = false;
    header.sequence = sequence;
    header.timestamp = timestamp;
    header.vp8Shift = this.#vp8 === undefined ? 0 : this.#vp8.shiftOf(packet.payload);
    this.#history.add(packet, sequence, timestamp, header.vp8Shift, arrivalMs);
    const bytes = this.#sender.send(packet, header, this.track.extensions, this.#stream.extensions);
    this.stats.packets++;
    this.stats.bytes += bytes;
  }

  #enterLayer(packet: RtpPacket, arrivalMs: number, layer: TrackLayer): void {
    if (this.#timestampLayer !== layer) {
      if (this.#timestampLayer !== undefined) {
        this.#timestampOffset = this.#continueTimestamps(packet, arrivalMs, layer, this.#timestampLayer);
        this.#vp8?.switchLayer();
        this.stats.layerSwitches++;
      }
      this.#timestampLayer = layer;
    }
    this.#sequenceOffset = (this.#nextSequence - packet.sequenceNumber) & 0xffff;
    this.#firstSequence = packet.sequenceNumber;
    this.#current = layer;
  }

  /** The offset with which the new layer's timestamps go on where the old layer's were. */
  #continueTimestamps(packet: RtpPacket, arrivalMs: number, to: TrackLayer, from: TrackLayer): number {
    const { clockRate } = this.track.codec;
    const before = this.#reports.get(from)?.report;
    const after = this.#reports.get(to)?.report;
    let timestamp: number;
    if (before !== undefined && after !== undefined) {
      // Both layers' reports tell capture time: the exact place of the new picture on the old time line.
      const captureMs = after.ntpMs + (((packet.timestamp - after.rtpTimestamp) | 0) * 1000) / clockRate;
      const onOldLine = before.rtpTimestamp + ((captureMs - before.ntpMs) * clockRate) / 1000;
      timestamp = Math.round(onOldLine + this.#timestampOffset);
    } else {
      timestamp = this.#lastTimestamp + Math.round(((arrivalMs - this.#lastArrivalMs) * clockRate) / 1000);
    }
    if (((timestamp - this.#lastTimestamp) | 0) <= 0) {
      timestamp = this.#lastTimestamp + Math.round(clockRate / 100);
    }
    return (timestamp - packet.timestamp) | 0;
  }

  /** Sends a packet again, as RTX when the subscriber has it. */
  resend(sequence: number, roundTripMs: number): void {
    const now = nowMs();
    const slot = this.#history.find(sequence, Math.max(minResendMs, roundTripMs * 0.8), now);
    const packet = slot < 0 ? undefined : this.#history.packetAt(slot);
    if (packet === undefined) {
      return;
    }
    this.#history.markSentAgain(slot, now);
    const { rtxPayloadType, rtxSsrc, extensions } = this.#stream;
    const asRtx = rtxPayloadType >= 0;
    this.#sender.send(
      packet,
      {
        marker: packet.marker,
        payloadType: asRtx ? rtxPayloadType : this.#stream.payloadType,
        ssrc: asRtx ? rtxSsrc : this.#stream.ssrc,
        sequence: asRtx ? this.#rtxSequence : sequence,
        timestamp: this.#history.timestampAt(slot),
        vp8Shift: this.#history.shiftAt(slot),
        originalSequence: asRtx ? sequence : -1,
      },
      this.track.extensions,
      extensions,
    );
    if (asRtx) {
      this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    }
    this.stats.resent++;
  }

  /** The subscriber cannot decode: passed on to the publisher. */
  onKeyFrameRequest(): void {
    if (this.#started) {
      this.track.requestKeyFrame(this.#current ?? this.#target);
    }
  }

  /**
   * The sender report that is due, on the publisher's own capture clock: so audio and video of a
   * participant stay in lip sync at the subscriber.
   */
  takeSenderReport(now: number): Buffer | undefined {
    const layer = this.#current;
    const known = layer === undefined ? undefined : this.#reports.get(layer);
    if (known === undefined || this.stats.packets === 0 || now - this.#lastReportMs < reportIntervalMs) {
      return undefined;
    }
    this.#lastReportMs = now;
    const elapsedMs = now - known.arrivalMs;
    const elapsedTicks = Math.round((elapsedMs * this.track.codec.clockRate) / 1000);
    return writeSenderReport({
      ssrc: this.#stream.ssrc,
      ntpMs: known.report.ntpMs + elapsedMs,
      rtpTimestamp: (known.report.rtpTimestamp + elapsedTicks + this.#timestampOffset) >>> 0,
      packetCount: this.stats.packets,
      octetCount: this.stats.bytes % 2 ** 32,
    });
  }

  close(): void {
    for (const dispose of this.#disposers.splice(0)) {
      dispose();
    }
    this.#history.clear();
    this.#reports.clear();
  }
}
