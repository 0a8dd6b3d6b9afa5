import { randomInt } from 'node:crypto';
import { nowMs } from '../clock.ts';
import { Vp8Continuity } from '../codec/vp8-continuity.ts';
import type { IncomingTrack, TrackLayer } from '../incoming-track.ts';
import { writeSenderReport } from '../rtcp/writer.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import { emptyPacket } from '../rtp/packet.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { newPacketFacts, readPacketFacts } from '../rtp/packet-facts.ts';
import type { PacketFacts } from '../rtp/packet-facts.ts';
import { LeftOutPictures } from './left-out-pictures.ts';
import { NumberLine } from './number-line.ts';
import { newOutgoingHeader } from './packet-sender.ts';
import type { OutgoingHeader, PacketSink } from './packet-sender.ts';
import { ReplayBudget } from './replay-budget.ts';
import { ResendTimes } from './resend-times.ts';
import { allTemporalLayers, chooseTemporalLayer } from './temporal-choice.ts';
import { TimeLine } from './time-line.ts';

const minResendMs = 15;
/** Of a path that is not known yet, as libwebrtc has it. */
const assumedRoundTripMs = 100;
/** A layer whose numbers jump further has begun anew; its decoder needs a key frame. */
const maxJump = 0x8000;
/** Two seconds of a picture whose every second frame is left out. */
const videoStretches = 64;
const soundStretches = 4;
/**
 * How much of the past a new subscriber gets. Older pictures would take it longer to catch up with than the
 * publisher takes for a key frame; how many packets, {@link ReplayBudget} says.
 */
const maxReplayAgeMs = 1000;

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
  /** Packets left out on purpose: temporal layers above the target, and sound that is silenced. */
  dropped: number;
};

/**
 * Sends one incoming track to one subscriber as a single continuous RTP stream, whichever simulcast and temporal
 * layers of it are chosen. Simulcast layers change at key frames only, temporal layers between pictures; sequence
 * numbers, timestamps and VP8 picture ids go on, and what was lost on the way in is missing on the way out.
 */
export class Forwarder {
  readonly track: IncomingTrack;
  readonly stats: ForwardStats = { packets: 0, bytes: 0, resent: 0, layerSwitches: 0, dropped: 0 };
  readonly #sender: PacketSink;
  readonly #stream: OutgoingStream;
  readonly #line: NumberLine;
  readonly #time: TimeLine;
  readonly #resends: ResendTimes;
  readonly #replays: ReplayBudget;
  readonly #vp8: Vp8Continuity | undefined;
  readonly #leftOut: LeftOutPictures | undefined;
  readonly #header: OutgoingHeader = newOutgoingHeader();
  readonly #disposers: (() => void)[] = [];
  /** The layer that is being forwarded; undefined until a key frame of the target came. */
  #current: TrackLayer | undefined;
  #target: TrackLayer | undefined;
  #temporal = allTemporalLayers;
  #targetTemporal = allTemporalLayers;
  /** The picture that the newest packet belongs to, and whether it is left out. */
  #pictureTimestamp = -1;
  #leavingOut = false;
  #started = false;
  #hasReplayed = false;
  #paused = false;
  #silenced = false;
  /** The next packet follows a silence of our making, and is marked so. */
  #beginsTalkspurt = false;
  #rtxSequence = randomInt(0x8000);
  #paddingHeader: OutgoingHeader | undefined;
  #reported = false;

  /** @param replays what the subscriber may have of the past, over all of its tracks */
  constructor(
    track: IncomingTrack,
    stream: OutgoingStream,
    sender: PacketSink,
    replays: ReplayBudget = new ReplayBudget(),
  ) {
    this.track = track;
    this.#sender = sender;
    this.#replays = replays;
    this.#stream = stream;
    const video = track.codec.name !== 'opus';
    this.#line = new NumberLine(video ? videoStretches : soundStretches, randomInt(0x8000));
    this.#time = new TimeLine(track.codec.clockRate);
    this.#resends = new ResendTimes(video ? 1024 : 128);
    this.#vp8 = track.codec.name === 'vp8' ? new Vp8Continuity() : undefined;
    this.#leftOut = video ? new LeftOutPictures() : undefined;
    this.#target = track.layers.at(-1);
    this.#silenced = !track.forwarded;
    this.#disposers.push(
      track.onForwardedRtp((packet, arrivalMs, layer, facts) => {
        this.#forward(packet, arrivalMs, layer, facts);
      }),
      track.onForwardedChanged((forwarded) => this.setSilenced(!forwarded)),
      track.onSenderReport((report, arrivalMs) => this.#time.noteReport(report, arrivalMs)),
    );
  }

  /** Begins to forward: not before the subscriber can receive, or its first key frame would be lost. */
  start(): void {
    if (!this.#started) {
      this.#started = true;
      this.#askForKeyFrame();
    }
  }

  /** How many packets {@link start} would send at once if it may. */
  get replayPackets(): number {
    const isVideo = this.track.codec.name !== 'opus';
    return isVideo && this.#target !== undefined
      ? (this.track.recent(this.#target).keyFrameRun(nowMs())?.packets ?? 0)
      : 0;
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
      this.#beginsTalkspurt = this.stats.packets > 0;
      this.#current = undefined;
    }
  }

  /**
   * The layers to go to: the simulcast layer at its next key frame, which is asked for until it comes; of it the
   * temporal layers up to `temporalRank`, down with the next picture, up where a decoder can follow.
   *
   * @param temporalRank by default all there are
   */
  setTarget(rank: number, temporalRank = allTemporalLayers): void {
    this.#targetTemporal = Math.min(temporalRank, allTemporalLayers);
    const target = this.track.layers.find((layer) => layer.rank === rank);
    if (target !== undefined) {
      this.#target = target;
    }
    if (this.#target !== this.#current) {
      this.#askForKeyFrame();
    }
  }

  #askForKeyFrame(): void {
    if (this.#started && !this.#paused && this.#target !== undefined && !this.#replay(this.#target)) {
      this.track.requestKeyFrame(this.#target);
    }
  }

  /**
   * Gives a new subscriber the packets from the last key frame on, so that a publisher does not make one for each
   * that joins.
   *
   * @returns false when there are none, or too many or too old ones.
   */
  #replay(layer: TrackLayer): boolean {
    if (this.#hasReplayed || this.stats.packets > 0 || this.track.codec.name === 'opus') {
      return false;
    }
    const recent = this.track.recent(layer);
    const now = nowMs();
    const run = recent.keyFrameRun(now);
    if (run === undefined || run.ageMs > maxReplayAgeMs || !this.#replays.take(run.packets, now)) {
      return false;
    }
    this.#hasReplayed = true;
    const facts = newPacketFacts();
    for (let i = 0; i < run.packets; i++) {
      const number = (run.first + i) | 0;
      const packet = recent.at(number);
      if (packet !== undefined) {
        readPacketFacts(this.track.codec.name, packet, facts);
        facts.number = number;
        this.#forward(packet, recent.arrivalMs(number), layer, facts);
      }
    }
    return true;
  }

  #forward(packet: RtpPacket, arrivalMs: number, layer: TrackLayer, facts: Readonly<PacketFacts>): void {
    if (this.#paused || !this.#started) {
      return;
    }
    if (this.#silenced) {
      this.stats.dropped++;
      return;
    }
    const line = this.#line;
    const { number } = facts;
    if (layer === this.#current && ((number - line.highest) | 0) > maxJump) {
      this.#current = undefined;
      if (!facts.startsKeyFrame) {
        this.#askForKeyFrame();
      }
    }
    if (layer !== this.#current) {
      if (layer !== this.#target || !facts.startsKeyFrame) {
        return;
      }
      this.#enterLayer(packet, arrivalMs, layer, facts);
    }
    const ahead = (number - line.highest) | 0;
    if (ahead <= 0) {
      this.#forwardLate(packet, facts);
      return;
    }
    const continues = packet.timestamp === this.#pictureTimestamp;
    if (!continues) {
      this.#beginPicture(packet, facts);
    }
    if (this.#leavingOut) {
      // What was lost within a picture that is left out is left out with it; other losses stay a gap.
      line.leaveOut(continues ? (line.highest + 1) | 0 : number, number, this.#vp8?.shift ?? 0);
      this.stats.dropped++;
      return;
    }
    line.highest = number;
    const timestamp = (packet.timestamp + this.#time.offset) >>> 0;
    this.#time.noteSent(timestamp, arrivalMs);
    this.#vp8?.noteSent(facts.pictureId, facts.tl0);
    const header = this.#header;
    header.marker = packet.marker || this.#beginsTalkspurt;
    this.#beginsTalkspurt = false;
    header.payloadType = this.#stream.payloadType;
    header.ssrc = this.#stream.ssrc;
    header.sequence = (number + line.offset) & 0xffff;
    header.timestamp = timestamp;
    header.vp8Shift = this.#vp8?.shift ?? 0;
    header.originalSequence = -1;
    header.order = 'next';
    this.#count(this.#send(packet, header));
  }

  #enterLayer(packet: RtpPacket, arrivalMs: number, layer: TrackLayer, facts: Readonly<PacketFacts>): void {
    if (this.#time.enter(packet, arrivalMs, layer)) {
      this.stats.layerSwitches++;
    }
    this.#vp8?.enterLayer(facts.pictureId, facts.tl0);
    this.#line.enter(facts.number, {
      rank: layer.rank,
      timestampOffset: this.#time.offset,
      shift: this.#vp8?.shift ?? 0,
      marked: this.#beginsTalkspurt && !packet.marker,
    });
    this.#pictureTimestamp = -1;
    this.#current = layer;
  }

  #beginPicture(packet: RtpPacket, facts: Readonly<PacketFacts>): void {
    this.#pictureTimestamp = packet.timestamp;
    this.#temporal = chooseTemporalLayer(this.track.codec.name, this.#temporal, this.#targetTemporal, facts);
    this.#leavingOut = facts.temporal > this.#temporal;
    if (this.#leavingOut) {
      this.#leftOut?.add(packet.timestamp, this.currentRank);
      this.#vp8?.leaveOutPicture(facts.pictureId, facts.tl0);
    }
  }

  /** A packet that comes after later ones: it has the number that was kept for it, if one was. */
  #forwardLate(packet: RtpPacket, facts: Readonly<PacketFacts>): void {
    const slot = facts.isRepeat ? -1 : this.#line.findIncoming(facts.number);
    if (slot < 0) {
      this.stats.dropped += facts.isRepeat ? 0 : 1;
      return;
    }
    const header = this.#header;
    header.payloadType = this.#stream.payloadType;
    header.ssrc = this.#stream.ssrc;
    header.sequence = this.#line.sequenceAt(slot, facts.number);
    header.originalSequence = -1;
    header.order = 'late';
    this.#count(this.#sendAt(slot, facts.number, packet, header));
  }

  /**
   * Sends a packet again, as RTX when the subscriber has it: not within the round trip in which it was sent, and ten
   * times at most.
   *
   * @param roundTripMs 0 while it is not known
   */
  resend(sequence: number, roundTripMs: number): void {
    const slot = this.#line.findOutgoing(sequence);
    const layer = slot < 0 ? undefined : this.track.layers[this.#line.rankAt(slot)];
    if (layer === undefined) {
      return;
    }
    const recent = this.track.recent(layer);
    const number = this.#line.incomingAt(slot, sequence);
    const packet = recent.at(number);
    const now = nowMs();
    const minAgeMs = Math.max(minResendMs, roundTripMs * 0.8);
    const minIntervalMs = Math.max(minResendMs, (roundTripMs || assumedRoundTripMs) * 0.8);
    if (
      packet === undefined ||
      now - recent.arrivalMs(number) < minAgeMs ||
      !this.#resends.note(sequence, minIntervalMs, now)
    ) {
      return;
    }
    const header = this.#header;
    const asRtx = this.#stream.rtxPayloadType >= 0;
    header.payloadType = asRtx ? this.#stream.rtxPayloadType : this.#stream.payloadType;
    header.ssrc = asRtx ? this.#stream.rtxSsrc : this.#stream.ssrc;
    header.sequence = asRtx ? this.#rtxSequence : sequence;
    header.originalSequence = asRtx ? sequence : -1;
    header.order = 'again';
    if (this.#sendAt(slot, number, packet, header) === 0) {
      return;
    }
    this.stats.resent++;
    if (asRtx) {
      this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    }
  }

  /** Sends what has a place already; empty, as RFC 6263 section 4.4 keeps paths alive, where its picture was left out. */
  #sendAt(slot: number, number: number, packet: RtpPacket, header: OutgoingHeader): number {
    const line = this.#line;
    const leftOut = this.#leftOut?.has(packet.timestamp, line.rankAt(slot)) ?? false;
    header.marker = !leftOut && (packet.marker || line.isMarkedAt(slot, number));
    header.timestamp = (packet.timestamp + line.timestampOffsetAt(slot)) >>> 0;
    header.vp8Shift = line.shiftAt(slot);
    return this.#send(leftOut ? emptyPacket : packet, header);
  }

  #send(packet: RtpPacket, header: OutgoingHeader): number {
    return this.#sender.send(packet, header, this.track.extensions, this.#stream.extensions);
  }

  #count(bytes: number): void {
    this.stats.packets++;
    this.stats.bytes += bytes;
  }

  /**
   * The header of a packet of padding for this stream, to be sent at once; `undefined` when the subscriber has no
   * RTX or got nothing yet.
   */
  takePaddingHeader(): Readonly<OutgoingHeader> | undefined {
    if (!this.canPad) {
      return undefined;
    }
    const header = (this.#paddingHeader ??= {
      ...newOutgoingHeader(),
      payloadType: this.#stream.rtxPayloadType,
      ssrc: this.#stream.rtxSsrc,
    });
    header.sequence = this.#rtxSequence;
    header.timestamp = this.#time.lastTimestamp;
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    return header;
  }

  /** Whether padding can be sent that the subscriber reports: it has RTX and numbers packets transport-wide. */
  get canPad(): boolean {
    const { rtxPayloadType, extensions } = this.#stream;
    return rtxPayloadType >= 0 && extensions.transportCc !== 0 && this.stats.packets > 0;
  }

  /** Header extensions that the subscriber takes. */
  get extensions(): ExtensionIds {
    return this.#stream.extensions;
  }

  /**
   * All packets from this number on were taken back before they were sent: goes on with the next key frame, which
   * gets that number, so that the subscriber misses nothing.
   */
  skipToKeyFrame(fromSequence: number): void {
    this.#line.takeBack(fromSequence);
    this.#current = undefined;
    this.#askForKeyFrame();
  }

  /** The subscriber cannot decode: passed on to the publisher. */
  onKeyFrameRequest(): void {
    if (this.#started) {
      this.track.requestKeyFrame(this.#current ?? this.#target);
    }
  }

  /**
   * A sender report on the publisher's own capture clock: so audio and video of a participant stay in lip sync
   * at the subscriber.
   *
   * @param isDue whether the subscriber sends reports now; the first one of a stream does not wait for that.
   */
  takeSenderReport(now: number, isDue: boolean): Buffer | undefined {
    if (
      this.#current === undefined ||
      this.#silenced ||
      this.stats.packets === 0 ||
      (this.#reported && !isDue)
    ) {
      return undefined;
    }
    const known = this.#time.report;
    if (known === undefined) {
      return undefined;
    }
    this.#reported = true;
    const elapsedMs = now - known.arrivalMs;
    const elapsedTicks = Math.round((elapsedMs * this.track.codec.clockRate) / 1000);
    return writeSenderReport({
      ssrc: this.#stream.ssrc,
      ntpMs: known.report.ntpMs + elapsedMs,
      rtpTimestamp: (known.report.rtpTimestamp + elapsedTicks + this.#time.offset) >>> 0,
      packetCount: this.stats.packets,
      octetCount: this.stats.bytes % 2 ** 32,
    });
  }

  close(): void {
    for (const dispose of this.#disposers.splice(0)) {
      dispose();
    }
    this.#time.clear();
  }
}
