import type { TrackKind } from '../../contract/index.ts';
import type {
  IncomingTrack,
  RtpListener,
  SenderReport,
  TrackCodec,
  TrackLayer,
  TrackStats,
} from '../incoming-track.ts';
import { Listeners } from '../listeners.ts';
import { readAudioLevel } from '../rtp/header-extensions.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { newPacketFacts, readPacketFacts } from '../rtp/packet-facts.ts';
import { RecentPackets } from './recent-packets.ts';
import { TemporalRates } from './temporal-rates.ts';

/** The publisher's side of an {@link IncomingTrack}. */
export class PublishedTrack implements IncomingTrack {
  readonly trackId: string;
  readonly streamId: string;
  readonly mid: string;
  readonly kind: TrackKind;
  readonly codec: TrackCodec;
  readonly layers: readonly TrackLayer[];
  readonly extensions: Readonly<ExtensionIds>;
  readonly stats: TrackStats = { packets: 0, bytes: 0, lost: 0, recovered: 0, keyFrames: 0 };
  audioLevel = 127;
  live = true;
  forwarded = true;
  readonly #requestKeyFrame: (ssrc: number) => void;
  /** By rank of the layer. */
  readonly #recent: readonly RecentPackets[];
  readonly #rates: readonly TemporalRates[];
  readonly #facts = newPacketFacts();
  readonly #rtp = new Listeners<Parameters<RtpListener>>();
  readonly #forwardedRtp = new Listeners<Parameters<RtpListener>>();
  readonly #forwardedChanges = new Listeners<[boolean]>();
  readonly #senderReports = new Listeners<[SenderReport, number]>();
  readonly #audioLevels = new Listeners<[number, number]>();
  readonly #ended = new Listeners<[]>();

  constructor(
    announced: { trackId: string; streamId: string; mid: string; kind: TrackKind },
    codec: TrackCodec,
    layers: TrackLayer[],
    extensions: ExtensionIds,
    requestKeyFrame: (ssrc: number) => void,
  ) {
    this.trackId = announced.trackId;
    this.streamId = announced.streamId;
    this.mid = announced.mid;
    this.kind = announced.kind;
    this.codec = codec;
    this.layers = layers;
    this.extensions = extensions;
    this.#requestKeyFrame = requestKeyFrame;
    this.#recent = layers.map(() => new RecentPackets());
    this.#rates = layers.map(() => new TemporalRates());
  }

  recent(layer: TrackLayer): RecentPackets {
    const recent = this.#recent[layer.rank];
    if (recent === undefined || this.layers[layer.rank] !== layer) {
      throw new RangeError(
        `The layer "${layer.rid}" of rank ${layer.rank} is not of the track ${this.trackId}.`,
      );
    }
    return recent;
  }

  onRtp(listener: RtpListener): () => void {
    return this.#rtp.add(listener);
  }

  onForwardedRtp(listener: RtpListener): () => void {
    return this.#forwardedRtp.add(listener);
  }

  onForwardedChanged(listener: (forwarded: boolean) => void): () => void {
    return this.#forwardedChanges.add(listener);
  }

  setForwarded(forwarded: boolean): void {
    if (this.codec.name === 'opus' && forwarded !== this.forwarded) {
      this.forwarded = forwarded;
      this.#forwardedChanges.emit(forwarded);
    }
  }

  onSenderReport(listener: (report: SenderReport, arrivalMs: number) => void): () => void {
    return this.#senderReports.add(listener);
  }

  onAudioLevel(listener: (level: number, nowMs: number) => void): () => void {
    return this.#audioLevels.add(listener);
  }

  onEnded(listener: () => void): () => void {
    return this.#ended.add(listener);
  }

  requestKeyFrame(layer?: TrackLayer): void {
    if (!this.live || this.codec.name === 'opus') {
      return;
    }
    for (const candidate of this.layers) {
      if (candidate.ssrc !== 0 && (layer === undefined || layer === candidate)) {
        this.#requestKeyFrame(candidate.ssrc);
      }
    }
  }

  /** @returns true when the packet begins a key frame. */
  deliver(packet: RtpPacket, arrivalMs: number, layer: TrackLayer): boolean {
    this.stats.packets++;
    this.stats.bytes += packet.payload.length;
    const facts = this.#facts;
    const recent = this.recent(layer);
    readPacketFacts(this.codec.name, packet, facts);
    facts.isRepeat = recent.has(packet);
    facts.number = recent.add(packet, arrivalMs);
    this.#rates[layer.rank]?.add(facts.temporal, packet.payload.length);
    if (this.codec.name === 'opus') {
      const level = readAudioLevel(packet, this.extensions.audioLevel);
      if (level >= 0) {
        this.audioLevel = level;
        this.#audioLevels.emit(level, arrivalMs);
      }
    } else {
      if (packet.marker) {
        // The last packet of a picture: RFC 7741 section 4.1, RFC 6184 section 5.1.
        layer.pictures++;
      }
      if (facts.startsKeyFrame) {
        this.stats.keyFrames++;
        recent.noteKeyFrame(facts.number);
      }
    }
    this.#rtp.emit(packet, arrivalMs, layer, facts);
    if (this.forwarded) {
      this.#forwardedRtp.emit(packet, arrivalMs, layer, facts);
    }
    return facts.startsKeyFrame && this.codec.name !== 'opus';
  }

  /** Takes stock of a layer's rates. @param windowMs since the last time */
  measure(layer: TrackLayer, windowMs: number): void {
    const rates = this.#rates[layer.rank];
    if (rates !== undefined) {
      layer.temporal = rates.take(windowMs);
      layer.bitrate = layer.temporal.at(-1) ?? 0;
    }
  }

  deliverSenderReport(report: SenderReport, arrivalMs: number): void {
    this.#senderReports.emit(report, arrivalMs);
  }

  end(): void {
    if (!this.live) {
      return;
    }
    this.live = false;
    this.#ended.emit();
    this.#rtp.clear();
    this.#forwardedRtp.clear();
    this.#forwardedChanges.clear();
    this.#senderReports.clear();
    this.#audioLevels.clear();
    this.#ended.clear();
    for (const recent of this.#recent) {
      recent.clear();
    }
  }
}
