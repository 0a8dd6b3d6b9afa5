import { randomInt } from 'node:crypto';
import type { IceCandidate, TrackKind } from '../contract/index.ts';
import { RoomflowError } from '../contract/index.ts';
import { nowMs } from './clock.ts';
import { newTrackLayer } from './incoming-track.ts';
import type { IncomingTrack } from './incoming-track.ts';
import { Listeners } from './listeners.ts';
import { PeerTransport } from './peer-transport.ts';
import type { PeerState, TransportStats } from './peer-transport.ts';
import {
  KeyFrameRequests,
  PublishedTrack,
  StreamTable,
  TransportFeedbackGenerator,
  rankLayers,
} from './receive/index.ts';
import type { ReceiveStream } from './receive/index.ts';
import { readRtcp } from './rtcp/reader.ts';
import type { RtcpHandler } from './rtcp/reader.ts';
import { writeNack, writePictureLossIndication, writeReceiverReport } from './rtcp/writer.ts';
import { readTransportSequence } from './rtp/header-extensions.ts';
import { RtpPacket, parseRtpPacket } from './rtp/packet.ts';
import { newSessionId, writeLocalDescription } from './sdp/local-description.ts';
import type { LocalSection } from './sdp/local-description.ts';
import { readRemoteDescription } from './sdp/remote-description.ts';
import type { RemoteDescription, RemoteSection } from './sdp/remote-description.ts';
import type { WebRtcSettings } from './settings.ts';
import { onMediaTick, onRepairTick } from './ticker.ts';

/** A track as the client announces it beside its offer. */
export type PublishedTrackAnnouncement = { mid: string; kind: TrackKind; trackId: string };

/** What a publisher tells its owner. Every callback may be called from within a packet; keep it short. */
export type PublisherEvents = {
  onTrack: (track: IncomingTrack) => void;
  onTrackEnded: (track: IncomingTrack) => void;
  onState: (state: PeerState) => void;
};

/** The peer connection on which a client publishes: the client offers, we answer. */
export type Publisher = {
  readonly state: PeerState;
  readonly tracks: readonly IncomingTrack[];
  readonly stats: Readonly<TransportStats & { malformed: number; unroutable: number }>;
  /**
   * Answers an offer, the first one or a renegotiation: announced tracks begin, those no longer announced
   * or sent end. The answer holds all server candidates.
   *
   * @throws RoomflowError `invalid-sdp` for an offer that cannot be used, and nothing has changed then.
   */
  answer(offerSdp: string, tracks: readonly PublishedTrackAnnouncement[]): Promise<string>;
  addCandidate(candidate: IceCandidate): void;
  /** Ends all tracks and frees every socket and timer. Idempotent. */
  close(): Promise<void>;
};

const reportIntervalMs = 1000;
const bitrateWindowMs = 1000;
/** Until connectivity checks have measured it. */
const assumedRoundTripMs = 50;

/**
 * Makes a publisher.
 *
 * @param streamId what tracks of this peer have in common, such as the participant's id.
 */
export async function createPublisher(
  settings: WebRtcSettings,
  streamId: string,
  events: PublisherEvents,
): Promise<Publisher> {
  const publisher = new PublisherPeer(streamId, events);
  await publisher.open(settings);
  return publisher;
}

class PublisherPeer implements Publisher {
  readonly #streamId: string;
  readonly #events: PublisherEvents;
  readonly #ssrc = randomInt(1, 0xffffffff);
  readonly #sessionId = newSessionId();
  readonly #table = new StreamTable();
  readonly #feedback = new TransportFeedbackGenerator(this.#ssrc);
  readonly #keyFrames = new KeyFrameRequests();
  readonly #tracks = new Map<string, PublishedTrack>();
  readonly #states = new Listeners<[PeerState]>();
  readonly #rtcpHandler: RtcpHandler;
  #transport!: PeerTransport;
  #stopTicks: (() => void) | undefined;
  /** There while packets are missing. */
  #stopRepairing: (() => void) | undefined;
  #version = 0;
  #negotiating: Promise<unknown> = Promise.resolve();
  #lastReportMs = 0;
  #lastBitrateMs = 0;
  #arrivalMs = 0;
  #malformed = 0;
  #unroutable = 0;
  #closed = false;

  constructor(streamId: string, events: PublisherEvents) {
    this.#streamId = streamId;
    this.#events = events;
    this.#states.add((state) => events.onState(state));
    const ignore = () => undefined;
    this.#rtcpHandler = {
      senderReport: (ssrc, ntpMs, rtpTimestamp, ntpMiddle) => {
        const route = this.#table.get(ssrc);
        if (route !== undefined && !route.isRtx) {
          const { stream } = route;
          stream.statistics.onSenderReport(ntpMiddle, this.#arrivalMs);
          stream.section.track.deliverSenderReport(
            { ntpMs, rtpTimestamp, ssrc, layer: stream.layer },
            this.#arrivalMs,
          );
        }
      },
      reportBlock: ignore,
      nack: ignore,
      keyFrameRequest: ignore,
      maxBitrate: ignore,
      transportFeedback: ignore,
    };
  }

  async open(settings: WebRtcSettings): Promise<void> {
    this.#transport = await PeerTransport.create(settings, 'answerer', {
      onRtp: (data, arrivalMs) => this.#receiveRtp(data, arrivalMs),
      onRtcp: (data, arrivalMs) => {
        this.#arrivalMs = arrivalMs;
        if (!readRtcp(data, this.#rtcpHandler)) {
          this.#malformed++;
        }
      },
      onState: (state) => this.#states.emit(state),
    });
    this.#stopTicks = onMediaTick((now) => this.#tick(now));
  }

  get state(): PeerState {
    return this.#transport.state;
  }

  get tracks(): readonly IncomingTrack[] {
    return [...this.#tracks.values()];
  }

  get stats(): TransportStats & { malformed: number; unroutable: number } {
    return { ...this.#transport.stats, malformed: this.#malformed, unroutable: this.#unroutable };
  }

  answer(offerSdp: string, announced: readonly PublishedTrackAnnouncement[]): Promise<string> {
    // One after the other: an answer belongs to the state that the offer before it left.
    const answered = this.#negotiating.then(() => this.#answer(offerSdp, announced));
    this.#negotiating = answered.catch(() => undefined);
    return answered;
  }

  async #answer(offerSdp: string, announced: readonly PublishedTrackAnnouncement[]): Promise<string> {
    this.#refuseWhenClosed();
    const offer = readRemoteDescription(offerSdp, 'offer');
    checkAnnouncements(offer, announced);
    const candidates = await this.#transport.gather();
    this.#refuseWhenClosed();
    const sections = this.#applySections(offer, announced);
    const dtlsRole = offer.setup === 'active' ? 'server' : 'client';
    this.#transport.setRemote(offer.transport, dtlsRole);
    for (const candidate of offer.candidates) {
      this.#transport.addCandidate(candidate);
    }
    return writeLocalDescription({
      sessionId: this.#sessionId,
      version: ++this.#version,
      transport: this.#transport.localParameters,
      setup: dtlsRole === 'client' ? 'active' : 'passive',
      candidates,
      sections,
    });
  }

  #refuseWhenClosed(): void {
    if (this.#closed) {
      throw new RoomflowError(
        'invalid-sdp',
        'The offer cannot be answered: the publish connection is closed.',
      );
    }
  }

  #applySections(offer: RemoteDescription, announced: readonly PublishedTrackAnnouncement[]): LocalSection[] {
    const kept = new Set<string>();
    const sections = offer.sections.map((section): LocalSection => {
      const codec = section.codecs[0];
      if (section.type === 'other' || section.rejected || codec === undefined) {
        return { refused: true, ...section };
      }
      const sends = section.direction === 'sendonly' || section.direction === 'sendrecv';
      const announcement = announced.find((entry) => entry.mid === section.mid);
      const { rids, extensions } = section;
      const answered = {
        refused: false as const,
        type: section.type,
        mid: section.mid,
        codec: withWantedParameters(codec, announcement?.kind),
        extensions,
        rids,
        stream: undefined,
      };
      if (!sends || announcement === undefined) {
        return { ...answered, direction: 'inactive' };
      }
      kept.add(section.mid);
      this.#keepTrack(section, announcement);
      return { ...answered, direction: 'recvonly' };
    });
    for (const mid of [...this.#tracks.keys()]) {
      if (!kept.has(mid)) {
        this.#endTrack(mid);
      }
    }
    return sections;
  }

  #keepTrack(section: RemoteSection, announcement: PublishedTrackAnnouncement): void {
    const codec = section.codecs[0];
    if (codec === undefined) {
      return;
    }
    const existing = this.#tracks.get(section.mid);
    if (
      existing !== undefined &&
      existing.trackId === announcement.trackId &&
      existing.codec.name === codec.name
    ) {
      return;
    }
    if (existing !== undefined) {
      this.#endTrack(section.mid);
    }
    const rids = section.rids.length > 0 ? rankLayers(section.rids) : [''];
    const layers = rids.map((rid, rank) => newTrackLayer(rid, rank));
    const { name, clockRate, payloadType, fmtp } = codec;
    const track = new PublishedTrack(
      { ...announcement, streamId: this.#streamId },
      { name, clockRate, payloadType, fmtp },
      layers,
      section.extensions,
      (ssrc) => {
        this.#keyFrames.request(ssrc);
        this.#sendKeyFrameRequests(nowMs());
      },
    );
    this.#tracks.set(section.mid, track);
    this.#table.setSection({
      mid: section.mid,
      track,
      codec,
      extensions: section.extensions,
      ssrcs: section.ssrcs,
    });
    this.#events.onTrack(track);
  }

  #endTrack(mid: string): void {
    const track = this.#tracks.get(mid);
    if (track === undefined) {
      return;
    }
    this.#tracks.delete(mid);
    for (const ssrc of this.#table.removeSection(mid)) {
      this.#keyFrames.forget(ssrc);
    }
    track.end();
    this.#events.onTrackEnded(track);
  }

  addCandidate(candidate: IceCandidate): void {
    this.#transport.addCandidate(candidate);
  }

  #receiveRtp(data: Buffer, arrivalMs: number): void {
    const packet = parseRtpPacket(data);
    if (packet === undefined) {
      this.#malformed++;
      return;
    }
    const route = this.#table.get(packet.ssrc) ?? this.#table.learn(packet);
    if (route === undefined) {
      this.#unroutable++;
      return;
    }
    const { stream } = route;
    const transportSequence = readTransportSequence(packet, stream.section.extensions.transportCc);
    if (transportSequence >= 0) {
      this.#feedback.onPacket(transportSequence, arrivalMs, stream.ssrc);
    }
    if (!route.isRtx) {
      stream.statistics.onPacket(packet.sequenceNumber, packet.timestamp, arrivalMs);
      this.#deliver(packet, arrivalMs, stream);
      return;
    }
    const original = unwrapRtx(packet, stream);
    // Probing padding has no original, and a repeat of what is not missing is of no use.
    if (original !== undefined && stream.nack.isMissing(original.sequenceNumber)) {
      stream.statistics.onRecovered();
      stream.section.track.stats.recovered++;
      this.#deliver(original, arrivalMs, stream);
    }
  }

  #deliver(packet: RtpPacket, arrivalMs: number, stream: ReceiveStream): void {
    stream.nack.onPacket(packet.sequenceNumber, arrivalMs);
    if (stream.nack.missingCount > 0) {
      this.#stopRepairing ??= onRepairTick((now) => this.#repair(now));
    }
    if (stream.section.track.deliver(packet, arrivalMs, stream.layer)) {
      this.#keyFrames.fulfilled(stream.ssrc);
    }
  }

  /** Asks for what is missing until nothing is. */
  #repair(now: number): void {
    if (this.#transport.state !== 'connected') {
      // It goes on with the next packet.
      this.#stopRepairs();
      return;
    }
    const packets: Buffer[] = [];
    const roundTripMs = this.#transport.roundTripMs || assumedRoundTripMs;
    let isMissing = false;
    for (const stream of this.#table.streams) {
      const lost = stream.nack.takeDue(now, roundTripMs);
      if (lost.length > 0) {
        packets.push(writeNack(this.#ssrc, stream.ssrc, lost));
      }
      isMissing ||= stream.nack.missingCount > 0;
    }
    this.#transport.sendRtcp(packets);
    if (!isMissing) {
      this.#stopRepairs();
    }
  }

  #stopRepairs(): void {
    this.#stopRepairing?.();
    this.#stopRepairing = undefined;
  }

  #tick(now: number): void {
    if (this.#transport.state !== 'connected') {
      return;
    }
    const packets: Buffer[] = this.#feedback.takeDue(now);
    const streams = this.#table.streams;
    for (const { nack, section, layer } of streams) {
      if (nack.takeOverflow()) {
        section.track.requestKeyFrame(layer);
      }
    }
    if (now - this.#lastReportMs >= reportIntervalMs && streams.length > 0) {
      this.#lastReportMs = now;
      packets.push(
        writeReceiverReport(
          this.#ssrc,
          streams.map((stream) => stream.statistics.takeReportBlock(stream.ssrc, now)),
        ),
      );
    }
    if (now - this.#lastBitrateMs >= bitrateWindowMs) {
      this.#measure(streams, now - this.#lastBitrateMs);
      this.#lastBitrateMs = now;
    }
    this.#transport.sendRtcp(packets);
    this.#sendKeyFrameRequests(now);
  }

  #measure(streams: readonly ReceiveStream[], windowMs: number): void {
    const lost = new Map<PublishedTrack, number>();
    for (const stream of streams) {
      const { track } = stream.section;
      track.measure(stream.layer, windowMs);
      lost.set(track, (lost.get(track) ?? 0) + stream.statistics.lost);
    }
    for (const [track, count] of lost) {
      track.stats.lost = count;
    }
  }

  #sendKeyFrameRequests(now: number): void {
    if (this.#transport.state !== 'connected') {
      return;
    }
    const due = this.#keyFrames.takeDue(now);
    if (due.length > 0) {
      this.#transport.sendRtcp(due.map((ssrc) => writePictureLossIndication(this.#ssrc, ssrc)));
    }
  }

  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#stopTicks?.();
    this.#stopRepairs();
    for (const mid of [...this.#tracks.keys()]) {
      this.#endTrack(mid);
    }
    await this.#transport.close();
    this.#states.clear();
  }
}

function checkAnnouncements(
  offer: RemoteDescription,
  announced: readonly PublishedTrackAnnouncement[],
): void {
  for (const { mid, kind } of announced) {
    const section = offer.sections.find((candidate) => candidate.mid === mid);
    const wanted = kind === 'audio' || kind === 'screen_audio' ? 'audio' : 'video';
    if (section === undefined) {
      throw new RoomflowError(
        'invalid-sdp',
        `The SDP offer has no media section with the mid "${mid}" (${kind}).`,
      );
    }
    if (section.type !== wanted) {
      throw new RoomflowError(
        'invalid-sdp',
        `The media section with the mid "${mid}" is ${section.type}, but "${kind}" was announced for it.`,
      );
    }
    if (!section.rejected && section.codecs.length === 0) {
      throw new RoomflowError(
        'invalid-sdp',
        `The media section with the mid "${mid}" offers no codec that is taken: ` +
          (wanted === 'audio'
            ? 'Opus.'
            : 'VP8, H.264 constrained baseline (packetization-mode=1), VP9, AV1.'),
      );
    }
  }
}

/** Opus as we want to get it: repairable, and in stereo where it is no microphone. */
function withWantedParameters<C extends { name: string; fmtp: string }>(
  codec: C,
  kind: TrackKind | undefined,
): C {
  if (codec.name !== 'opus') {
    return codec;
  }
  const stereo = kind === 'screen_audio' ? ';stereo=1' : '';
  return { ...codec, fmtp: `minptime=10;useinbandfec=1;usedtx=1${stereo}` };
}

/** Restores the packet that an RTX packet repeats (RFC 4588 section 4). */
function unwrapRtx(packet: RtpPacket, stream: ReceiveStream): RtpPacket | undefined {
  if (packet.payload.length < 2) {
    return undefined;
  }
  return new RtpPacket(packet.data, packet.payload.subarray(2), {
    payloadType: stream.section.codec.payloadType,
    marker: packet.marker,
    sequenceNumber: packet.payload.readUInt16BE(0),
    timestamp: packet.timestamp,
    ssrc: stream.ssrc,
    extensionOffset: packet.extensionOffset,
    extensionLength: packet.extensionLength,
    extensionProfile: packet.extensionProfile,
  });
}
