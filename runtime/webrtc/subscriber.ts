import { randomInt } from 'node:crypto';
import type { IceCandidate, SubscribeLayer } from '../contract/index.ts';
import { RoomflowError } from '../contract/index.ts';
import type { IncomingTrack } from './incoming-track.ts';
import { PeerTransport } from './peer-transport.ts';
import type { PeerState, TransportStats } from './peer-transport.ts';
import { readRtcp } from './rtcp/reader.ts';
import type { RtcpHandler } from './rtcp/reader.ts';
import { readTransportFeedback } from './rtcp/transport-feedback.ts';
import { noExtensions } from './rtp/header-extensions.ts';
import type { ExtensionIds } from './rtp/header-extensions.ts';
import { offeredPayloadTypes } from './sdp/codecs.ts';
import type { NegotiatedCodec } from './sdp/codecs.ts';
import { newSessionId, writeLocalDescription } from './sdp/local-description.ts';
import type { LocalSection } from './sdp/local-description.ts';
import { readRemoteDescription } from './sdp/remote-description.ts';
import type { RemoteDescription, RemoteSection } from './sdp/remote-description.ts';
import { CongestionControl, Forwarder, ReplayBudget } from './send/index.ts';
import type { CongestionStats, ForwardStats } from './send/index.ts';
import type { WebRtcSettings } from './settings.ts';
import { onWatchTick } from './ticker.ts';

/** An offer of ours; `tracks` are those that it carries. */
export type SubscribeOffer = { offerId: number; sdp: string; tracks: { mid: string; trackId: string }[] };

/** What a subscriber tells its owner. */
export type SubscriberEvents = {
  /** A new offer; answer it with `acceptAnswer`. Changes until then wait for the next one. */
  onOffer: (offer: SubscribeOffer) => void;
  onState: (state: PeerState) => void;
  /** The client's answer refused a track, for instance for want of its codec. */
  onRefused?: (trackId: string) => void;
};

/** What a subscriber wishes for one track. */
export type SubscribePreference = {
  /** Highest simulcast layer; less is sent when the path carries less. Default `high`. */
  layer?: SubscribeLayer | undefined;
  paused?: boolean | undefined;
};

/** Counters of a subscriber. */
export type SubscriberStats = TransportStats &
  CongestionStats & {
    malformed: number;
    /** `starved`: nothing is sent of it because not even its lowest layer fits the path. */
    tracks: Record<string, ForwardStats & { currentRank: number; starved: boolean }>;
  };

/** The peer connection on which a client receives: we offer, the client answers. */
export type Subscriber = {
  readonly state: PeerState;
  readonly stats: SubscriberStats;
  /** Tracks that are added and not removed. */
  readonly trackIds: readonly string[];
  /** Forwards a track; a new offer follows. Nothing when it is already there. */
  add(track: IncomingTrack): void;
  /** Stops a track at once; a new offer follows. A track that ends is removed by itself. */
  remove(trackId: string): void;
  /**
   * Takes the client's answer.
   *
   * @throws RoomflowError `invalid-sdp` for an answer that cannot be used or to another offer; the offer
   * stays open.
   */
  acceptAnswer(offerId: number, sdp: string): void;
  /** Hands out the open offer again, for a client that may have missed it. */
  repeatOffer(): void;
  addCandidate(candidate: IceCandidate): void;
  /** Sets what is given and keeps the rest; also before the track was added. */
  prefer(trackId: string, preference: SubscribePreference): void;
  /**
   * Answers the offer of a client that only receives (WHEP): the tracks are laid into its sections by kind,
   * in order. `onOffer` is never called on such a connection.
   *
   * @throws RoomflowError `invalid-sdp` for an offer that cannot be used.
   */
  answerWhep(offerSdp: string, tracks: readonly IncomingTrack[]): Promise<string>;
  close(): Promise<void>;
};

/** Every second tick of 100 ms, which come a little early or late. */
const allocationIntervalMs = 150;
const reportIntervalMs = 1000;
/** Of 28 bytes each: with encryption they fit into 1200 bytes. */
const reportsPerPacket = 40;
const offeredExtensions: Record<'audio' | 'video', ExtensionIds> = {
  audio: { ...noExtensions, audioLevel: 1, transportCc: 3 },
  video: { ...noExtensions, videoOrientation: 2, transportCc: 3 },
};

/** Makes a subscriber. */
export async function createSubscriber(
  settings: WebRtcSettings,
  events: SubscriberEvents,
): Promise<Subscriber> {
  const subscriber = new SubscriberPeer(events);
  await subscriber.open(settings);
  return subscriber;
}

/** One media section that sends, or that sent and waits for another track of its type. */
type SendSection = {
  mid: string;
  type: 'audio' | 'video';
  track: IncomingTrack | undefined;
  codec: NegotiatedCodec;
  extensions: ExtensionIds;
  ssrc: number;
  rtxSsrc: number;
  forwarder: Forwarder | undefined;
  stopWatching: (() => void) | undefined;
  refused: boolean;
};

class SubscriberPeer implements Subscriber {
  readonly #events: SubscriberEvents;
  readonly #sessionId = newSessionId();
  readonly #sections: SendSection[] = [];
  readonly #forwarders = new Map<number, Forwarder>();
  readonly #replays = new ReplayBudget();
  readonly #preferences = new Map<string, SubscribePreference>();
  readonly #rtcpHandler: RtcpHandler;
  readonly #onFeedbackPacket: (sequence: number, arrivalMs: number) => void;
  #role: 'undecided' | 'offerer' | 'answerer' = 'undecided';
  #transport!: PeerTransport;
  #congestion!: CongestionControl;
  #remoteUsername: string | undefined;
  #stopTicks: (() => void) | undefined;
  #version = 0;
  #offerId = 0;
  #openOffer: SubscribeOffer | undefined;
  #openSections: SendSection[] = [];
  #makingOffer = false;
  #changed = false;
  #closed = false;
  #arrivalMs = 0;
  #malformed = 0;
  #lastAllocationMs = 0;
  #lastReportsMs = 0;

  constructor(events: SubscriberEvents) {
    this.#events = events;
    this.#onFeedbackPacket = (sequence, arrivalMs) => {
      this.#congestion.onFeedbackPacket(sequence, arrivalMs, this.#arrivalMs);
    };
    this.#rtcpHandler = {
      senderReport: () => undefined,
      reportBlock: (block) => {
        if (this.#forwarders.has(block.ssrc)) {
          this.#congestion.onReportedLoss(block.fractionLost / 256, this.#arrivalMs);
        }
      },
      nack: (mediaSsrc, sequence) => {
        this.#forwarders.get(mediaSsrc)?.resend(sequence, this.#transport.roundTripMs);
      },
      keyFrameRequest: (mediaSsrc) => this.#forwarders.get(mediaSsrc)?.onKeyFrameRequest(),
      maxBitrate: (bitsPerSecond) => this.#congestion.onRemb(bitsPerSecond, this.#arrivalMs),
      transportFeedback: (data, offset, end) => {
        if (!readTransportFeedback(data, offset, end, this.#onFeedbackPacket)) {
          this.#malformed++;
        }
        this.#congestion.onFeedbackEnd(this.#arrivalMs);
      },
    };
  }

  async open(settings: WebRtcSettings): Promise<void> {
    this.#transport = await PeerTransport.create(settings, 'offerer', {
      // A subscriber sends no media.
      onRtp: () => {
        this.#malformed++;
      },
      onRtcp: (data, arrivalMs) => {
        this.#arrivalMs = arrivalMs;
        if (!readRtcp(data, this.#rtcpHandler)) {
          this.#malformed++;
        }
      },
      onState: (state) => this.#onState(state),
      // What was lost on the old path is no measure of the new one.
      onPathChanged: () => this.#congestion.reset(),
    });
    this.#congestion = new CongestionControl(this.#transport);
    this.#stopTicks = onWatchTick((now) => this.#tick(now));
  }

  #onState(state: PeerState): void {
    if (state === 'disconnected') {
      // Whatever comes back is perhaps another path.
      this.#congestion.reset();
    }
    if (state === 'connected') {
      // Those of whom there is least to catch up with first, so that most are seen at once.
      const waiting = [...this.#forwarders.values()].map((forwarder) => ({
        forwarder,
        packets: forwarder.replayPackets,
      }));
      waiting.sort((a, b) => a.packets - b.packets);
      for (const { forwarder } of waiting) {
        forwarder.start();
      }
    }
    if (!this.#closed || state === 'closed') {
      this.#events.onState(state);
    }
  }

  get state(): PeerState {
    return this.#transport.state;
  }

  get trackIds(): readonly string[] {
    return this.#sections.flatMap((section) => (section.track === undefined ? [] : [section.track.trackId]));
  }

  get stats(): SubscriberStats {
    return {
      ...this.#transport.stats,
      malformed: this.#malformed,
      ...this.#congestion.stats,
      tracks: Object.fromEntries(
        [...this.#forwarders.values()].map((forwarder) => [
          forwarder.track.trackId,
          {
            ...forwarder.stats,
            currentRank: forwarder.currentRank,
            starved: this.#congestion.isStarved(forwarder),
          },
        ]),
      ),
    };
  }

  add(track: IncomingTrack): void {
    if (this.#closed || !track.live || this.#sections.some((section) => section.track === track)) {
      return;
    }
    if (this.#role === 'answerer') {
      throw new Error('A WHEP connection gets its tracks when it is answered.');
    }
    this.#role = 'offerer';
    this.remove(track.trackId);
    const type = track.codec.name === 'opus' ? 'audio' : 'video';
    const { media, rtx } = offeredPayloadTypes[track.codec.name];
    const { name, clockRate, fmtp } = track.codec;
    const content = {
      track,
      codec: { name, clockRate, fmtp, payloadType: media, rtxPayloadType: rtx },
      extensions: offeredExtensions[type],
      ssrc: newSsrc(),
      rtxSsrc: newSsrc(),
      forwarder: undefined,
      stopWatching: track.onEnded(() => this.remove(track.trackId)),
      refused: false,
    };
    // A section whose track went is used again, so that people who come and go do not pile up sections;
    // not before its end was negotiated, or the client could not tell the tracks apart.
    const free = this.#sections.find(
      (section) =>
        section.track === undefined && section.type === type && !this.#openSections.includes(section),
    );
    if (free !== undefined) {
      Object.assign(free, content);
    } else {
      this.#sections.push({ mid: String(this.#sections.length), type, ...content });
    }
    this.#change();
  }

  remove(trackId: string): void {
    const section = this.#sections.find((candidate) => candidate.track?.trackId === trackId);
    if (section === undefined) {
      return;
    }
    this.#stopSection(section);
    section.track = undefined;
    if (this.#role === 'offerer') {
      this.#change();
    }
  }

  #stopSection(section: SendSection): void {
    section.stopWatching?.();
    section.stopWatching = undefined;
    if (section.forwarder !== undefined) {
      this.#forwarders.delete(section.ssrc);
      this.#congestion.remove(section.forwarder);
      section.forwarder.close();
      section.forwarder = undefined;
      this.#transport.forgetStream(section.ssrc);
      this.#transport.forgetStream(section.rtxSsrc);
    }
  }

  #change(): void {
    this.#changed = true;
    if (this.#makingOffer || this.#openOffer !== undefined || this.#closed) {
      return;
    }
    this.#makingOffer = true;
    // Several changes of one moment make one offer.
    queueMicrotask(() => void this.#makeOffer());
  }

  async #makeOffer(): Promise<void> {
    let candidates: string[];
    try {
      candidates = await this.#transport.gather();
    } catch {
      this.#makingOffer = false;
      this.#onState('failed');
      return;
    }
    this.#makingOffer = false;
    if (this.#closed) {
      return;
    }
    this.#changed = false;
    this.#openSections = [...this.#sections];
    this.#openOffer = {
      offerId: ++this.#offerId,
      sdp: writeLocalDescription({
        sessionId: this.#sessionId,
        version: ++this.#version,
        transport: this.#transport.localParameters,
        setup: 'actpass',
        candidates,
        sections: this.#sections.map(localSection),
      }),
      tracks: this.#sections.flatMap(({ mid, track }) =>
        track === undefined ? [] : [{ mid, trackId: track.trackId }],
      ),
    };
    this.#events.onOffer(this.#openOffer);
  }

  repeatOffer(): void {
    if (this.#openOffer !== undefined) {
      this.#events.onOffer(this.#openOffer);
    }
  }

  acceptAnswer(offerId: number, sdp: string): void {
    const offer = this.#openOffer;
    if (offer === undefined || offer.offerId !== offerId) {
      throw new RoomflowError(
        'invalid-sdp',
        `The answer is to offer ${offerId}, but ${offer === undefined ? 'no offer' : `offer ${offer.offerId}`} is open.`,
      );
    }
    const answer = readRemoteDescription(sdp, 'answer');
    const sections = this.#openSections;
    if (answer.sections.length !== sections.length) {
      throw new RoomflowError(
        'invalid-sdp',
        `The answer has ${answer.sections.length} media sections, but the offer has ${sections.length}.`,
      );
    }
    this.#openOffer = undefined;
    this.#openSections = [];
    this.#takeRemote(answer, answer.setup === 'passive' ? 'client' : 'server');
    for (const [i, section] of sections.entries()) {
      const answered = answer.sections[i];
      if (answered !== undefined && offer.tracks.some((entry) => entry.trackId === section.track?.trackId)) {
        this.#startSection(section, answered);
      }
    }
    if (this.#changed) {
      this.#change();
    }
  }

  #takeRemote(remote: RemoteDescription, dtlsRole: 'client' | 'server'): void {
    const { usernameFragment } = remote.transport;
    if (this.#remoteUsername !== undefined && this.#remoteUsername !== usernameFragment) {
      // ICE restart: another path.
      this.#congestion.reset();
    }
    this.#remoteUsername = usernameFragment;
    this.#transport.setRemote(remote.transport, dtlsRole);
    for (const candidate of remote.candidates) {
      this.#transport.addCandidate(candidate);
    }
  }

  #startSection(section: SendSection, answered: RemoteSection): void {
    const { track } = section;
    if (track === undefined || section.forwarder !== undefined || section.refused || !track.live) {
      return;
    }
    const codec = answered.codecs.find((candidate) => candidate.name === section.codec.name);
    const receives = answered.direction === 'recvonly' || answered.direction === 'sendrecv';
    if (answered.rejected || codec === undefined || !receives) {
      section.refused = true;
      this.#events.onRefused?.(track.trackId);
      return;
    }
    const extensions = { ...noExtensions };
    for (const name of ['audioLevel', 'videoOrientation', 'transportCc'] as const) {
      // Only one-byte identifiers: what we pass on needs no more (RFC 8285 section 4.2).
      if (answered.extensions[name] <= 14) {
        extensions[name] = answered.extensions[name];
      }
    }
    const stream = {
      ssrc: section.ssrc,
      rtxSsrc: section.rtxSsrc,
      payloadType: codec.payloadType,
      rtxPayloadType: codec.rtxPayloadType,
      extensions,
    };
    const forwarder = this.#congestion.add(
      track,
      (sink) => new Forwarder(track, stream, sink, this.#replays),
    );
    section.forwarder = forwarder;
    this.#forwarders.set(section.ssrc, forwarder);
    this.#applyPreference(forwarder);
    if (this.#transport.state === 'connected') {
      forwarder.start();
    }
  }

  addCandidate(candidate: IceCandidate): void {
    this.#transport.addCandidate(candidate);
  }

  prefer(trackId: string, preference: SubscribePreference): void {
    const { layer, paused } = { ...this.#preferences.get(trackId), ...withoutUndefined(preference) };
    this.#preferences.set(trackId, { layer, paused });
    for (const forwarder of this.#forwarders.values()) {
      if (forwarder.track.trackId === trackId) {
        this.#applyPreference(forwarder);
      }
    }
  }

  #applyPreference(forwarder: Forwarder): void {
    const { layer, paused = false } = this.#preferences.get(forwarder.track.trackId) ?? {};
    this.#congestion.setWish(forwarder, { layer, paused });
  }

  async answerWhep(offerSdp: string, tracks: readonly IncomingTrack[]): Promise<string> {
    if (this.#role !== 'undecided') {
      throw new Error('A subscriber answers one WHEP offer, and none once it has offered itself.');
    }
    const offer = readRemoteDescription(offerSdp, 'offer');
    this.#role = 'answerer';
    this.#transport.becomeAnswerer();
    const candidates = await this.#transport.gather();
    const waiting = tracks.filter((track) => track.live);
    const dtlsRole = offer.setup === 'active' ? 'server' : 'client';
    const sections = offer.sections.map((section) => this.#answerSection(section, waiting));
    this.#takeRemote(offer, dtlsRole);
    return writeLocalDescription({
      sessionId: this.#sessionId,
      version: ++this.#version,
      transport: this.#transport.localParameters,
      setup: dtlsRole === 'client' ? 'active' : 'passive',
      candidates,
      sections,
    });
  }

  #answerSection(section: RemoteSection, waiting: IncomingTrack[]): LocalSection {
    const first = section.codecs[0];
    if (section.type === 'other' || section.rejected || first === undefined) {
      return { refused: true, ...section };
    }
    const receives = section.direction === 'recvonly' || section.direction === 'sendrecv';
    const index = waiting.findIndex((track) =>
      section.codecs.some((codec) => codec.name === track.codec.name),
    );
    const track = receives ? waiting[index] : undefined;
    const codec = section.codecs.find((candidate) => candidate.name === track?.codec.name) ?? first;
    const sending: SendSection = {
      mid: section.mid,
      type: section.type,
      track,
      codec,
      extensions: onlyForwarded(section.extensions),
      ssrc: newSsrc(),
      rtxSsrc: newSsrc(),
      forwarder: undefined,
      stopWatching: track?.onEnded(() => this.remove(track.trackId)),
      refused: false,
    };
    if (track !== undefined) {
      waiting.splice(index, 1);
      this.#sections.push(sending);
      this.#startSection(sending, section);
    }
    return localSection(sending);
  }

  #tick(now: number): void {
    if (this.#transport.state !== 'connected') {
      return;
    }
    if (now - this.#lastAllocationMs >= allocationIntervalMs) {
      this.#lastAllocationMs = now;
      this.#congestion.update(now);
      this.#sendReports(now);
    }
  }

  /** Those of all streams at once: a packet costs 27 µs to encrypt, whether it holds one report or ten. */
  #sendReports(now: number): void {
    const isDue = now - this.#lastReportsMs >= reportIntervalMs;
    if (isDue) {
      this.#lastReportsMs = now;
    }
    let reports: Buffer[] = [];
    for (const forwarder of this.#forwarders.values()) {
      const report = forwarder.takeSenderReport(now, isDue);
      if (report !== undefined) {
        reports.push(report);
      }
      if (reports.length === reportsPerPacket) {
        this.#transport.sendRtcp(reports);
        reports = [];
      }
    }
    this.#transport.sendRtcp(reports);
  }

  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#stopTicks?.();
    for (const section of this.#sections) {
      this.#stopSection(section);
      section.track = undefined;
    }
    this.#openOffer = undefined;
    this.#congestion.close();
    await this.#transport.close();
  }
}

function localSection(section: SendSection): LocalSection {
  const { mid, type, track, codec, extensions } = section;
  return {
    refused: false,
    type,
    mid,
    direction: track === undefined ? 'inactive' : 'sendonly',
    codec,
    extensions,
    rids: [],
    stream:
      track === undefined
        ? undefined
        : { streamId: track.streamId, trackId: track.trackId, ssrc: section.ssrc, rtxSsrc: section.rtxSsrc },
  };
}

function onlyForwarded(offered: ExtensionIds): ExtensionIds {
  const { audioLevel, videoOrientation, transportCc, mid } = offered;
  return { ...noExtensions, audioLevel, videoOrientation, transportCc, mid };
}

function withoutUndefined(preference: SubscribePreference): SubscribePreference {
  return Object.fromEntries(Object.entries(preference).filter(([, value]) => value !== undefined));
}

function newSsrc(): number {
  return randomInt(1, 0xffffffff);
}
