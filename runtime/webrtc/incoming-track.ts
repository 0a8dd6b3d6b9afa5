import type { TrackKind } from '../contract/index.ts';
import type { CodecName } from './codec/key-frame.ts';
import type { RecentPackets } from './receive/recent-packets.ts';
import type { ExtensionIds } from './rtp/header-extensions.ts';
import type { RtpPacket } from './rtp/packet.ts';
import type { PacketFacts } from './rtp/packet-facts.ts';

/** The codec a track arrives in. */
export type TrackCodec = { name: CodecName; clockRate: number; payloadType: number; fmtp: string };

/** One simulcast stream of a track; a track without simulcast has a single layer with an empty rid. */
export type TrackLayer = {
  rid: string;
  /** 0 is the lowest quality. */
  rank: number;
  /** 0 until its first packet. */
  ssrc: number;
  /** Bits per second over the last second; 0 while nothing comes. */
  bitrate: number;
  /**
   * The same of its temporal layers, each with those below it: the last is `bitrate`. One where the codec does not
   * tell; at most four.
   */
  temporal: readonly number[];
  /** Pictures that have come to their end, since the track was published; 0 for sound. */
  pictures: number;
};

/** A layer that has sent nothing yet. @param ssrc where it is known already */
export function newTrackLayer(rid: string, rank: number, ssrc = 0): TrackLayer {
  return { rid, rank, ssrc, bitrate: 0, temporal: [0], pictures: 0 };
}

/** When the publisher's clock showed what (RFC 3550 section 6.4.1), for one layer. */
export type SenderReport = { ntpMs: number; rtpTimestamp: number; ssrc: number; layer: TrackLayer };

/** Counters of a track over all its layers. */
export type TrackStats = {
  packets: number;
  bytes: number;
  /** Packets that never came, after retransmissions. */
  lost: number;
  /** Packets that came by retransmission. */
  recovered: number;
  keyFrames: number;
};

/**
 * Called for each packet in order of arrival: not in order of sequence, and a packet may come twice.
 * The packet is shared; do not write to it. The facts are those of this packet during the call only.
 */
export type RtpListener = (
  packet: RtpPacket,
  arrivalMs: number,
  layer: TrackLayer,
  facts: Readonly<PacketFacts>,
) => void;

/** A track that a peer publishes. Lives as long as its publisher announces it, across renegotiations. */
export type IncomingTrack = {
  readonly trackId: string;
  /** Tracks of one stream are played in lip sync; the participant's id, or what the publisher was given. */
  readonly streamId: string;
  readonly mid: string;
  readonly kind: TrackKind;
  readonly codec: TrackCodec;
  readonly layers: readonly TrackLayer[];
  /** Identifiers of the header extensions in the packets that listeners get. */
  readonly extensions: Readonly<ExtensionIds>;
  readonly stats: Readonly<TrackStats>;
  /** Last audio level of RFC 6464 in -dBov, 0 (loudest) to 127 (silence); 127 before the first. */
  readonly audioLevel: number;
  /** False once the publisher took the track back or closed. */
  readonly live: boolean;
  /** False while the track is held back from subscribers; see {@link setForwarded}. */
  readonly forwarded: boolean;
  /** What came of a layer in the last two seconds. */
  recent(layer: TrackLayer): RecentPackets;
  /** Listens to packets; the returned function ends it. */
  onRtp(listener: RtpListener): () => void;
  /** Like {@link onRtp}, but without the packets that come while the track is held back: for subscribers. */
  onForwardedRtp(listener: RtpListener): () => void;
  onForwardedChanged(listener: (forwarded: boolean) => void): () => void;
  onSenderReport(listener: (report: SenderReport, arrivalMs: number) => void): () => void;
  /** Listens to audio levels, once per packet that carries one. */
  onAudioLevel(listener: (level: number, nowMs: number) => void): () => void;
  onEnded(listener: () => void): () => void;
  /**
   * Asks the publisher for a key frame of one layer or of all. At most one request per layer goes out in
   * 500 ms; one made within that time is sent at its end. One that is not answered is repeated a few times,
   * because the request itself may be lost. Nothing for audio.
   */
  requestKeyFrame(layer?: TrackLayer): void;
  /**
   * Holds sound back from all subscribers, or forwards it again: at the gate of the track, so that what is held
   * back costs nothing per subscriber. Taps get every packet all the same. Not for pictures, which would need a
   * key frame afterwards.
   */
  setForwarded(forwarded: boolean): void;
};
