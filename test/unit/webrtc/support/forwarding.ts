import { nowMs } from '../../../../runtime/webrtc/index.ts';
import type { IncomingTrack, TrackCodec, TrackLayer } from '../../../../runtime/webrtc/index.ts';
import { newTrackLayer } from '../../../../runtime/webrtc/incoming-track.ts';
import { PublishedTrack } from '../../../../runtime/webrtc/receive/index.ts';
import { noExtensions } from '../../../../runtime/webrtc/rtp/header-extensions.ts';
import type { RtpPacket } from '../../../../runtime/webrtc/rtp/packet.ts';
import { parseRtpPacket } from '../../../../runtime/webrtc/rtp/packet.ts';
import { BandwidthEstimator, Forwarder, PacketSender } from '../../../../runtime/webrtc/send/index.ts';
import type { PacketSink, ReplayBudget } from '../../../../runtime/webrtc/send/index.ts';

/** Payload types of the forwarded stream and of its retransmissions. */
export const outgoingPayloadType = 100;
export const rtxPayloadType = 101;

/** One packet that the subscriber gets. */
export type SentPacket = {
  packet: RtpPacket;
  /** The number it repeats, when it is a retransmission (RFC 4588). */
  repeats: number | undefined;
  /** Without the two bytes of RFC 4588. */
  payload: Buffer;
};

/** A track of a publisher, and one subscriber whose packets are kept in the order of sending. */
export type Forwarding = {
  track: PublishedTrack;
  layers: TrackLayer[];
  keyFrameRequests: number[];
  /** Makes a subscriber. */
  subscribe(withRtx?: boolean, way?: Way): { forwarder: Forwarder; sent: SentPacket[] };
  /** The publisher's packet arrives. */
  deliver(packet: Incoming, layer?: number, arrivalMs?: number): void;
};

/** What lies between the forwarding and the subscriber, if anything. */
export type Way = {
  through?: (sink: PacketSink) => PacketSink;
  replays?: ReplayBudget;
};

/** What is told of an incoming packet. */
export type Incoming = {
  sequence: number;
  timestamp: number;
  payload: Uint8Array;
  marker?: boolean;
};

const codecs: Record<'opus' | 'vp8' | 'vp9' | 'h264', TrackCodec> = {
  opus: { name: 'opus', clockRate: 48_000, payloadType: 111, fmtp: '' },
  vp8: { name: 'vp8', clockRate: 90_000, payloadType: 96, fmtp: '' },
  vp9: { name: 'vp9', clockRate: 90_000, payloadType: 98, fmtp: '' },
  h264: { name: 'h264', clockRate: 90_000, payloadType: 102, fmtp: '' },
};

/** A published track with its forwarding, without sockets. */
export function forwarding(codec: keyof typeof codecs, layerCount = 1): Forwarding {
  const layers = Array.from({ length: layerCount }, (_, rank) => newTrackLayer('', rank, 1000 + rank));
  const keyFrameRequests: number[] = [];
  const kind = codec === 'opus' ? 'audio' : 'video';
  const track = new PublishedTrack(
    { trackId: 'track', streamId: 'stream', mid: '0', kind },
    codecs[codec],
    layers,
    { ...noExtensions },
    (ssrc) => keyFrameRequests.push(ssrc),
  );
  return {
    track,
    layers,
    keyFrameRequests,
    subscribe: (withRtx = true, way = {}) => subscribe(track, withRtx, way),
    deliver({ sequence, timestamp, payload, marker = false }, rank = 0, arrivalMs = nowMs()) {
      const layer = layers[rank];
      if (layer === undefined) {
        throw new Error(`The track has ${layers.length} layers; there is no layer ${rank}.`);
      }
      const data = Buffer.alloc(12 + payload.length);
      data[0] = 0x80;
      data[1] = codecs[codec].payloadType | (marker ? 0x80 : 0);
      data.writeUInt16BE(sequence & 0xffff, 2);
      data.writeUInt32BE(timestamp >>> 0, 4);
      data.writeUInt32BE(layer.ssrc, 8);
      data.set(payload, 12);
      track.deliver(parsed(data), arrivalMs, layer);
    },
  };
}

function subscribe(
  track: IncomingTrack,
  withRtx: boolean,
  { through = (sink) => sink, replays }: Way,
): { forwarder: Forwarder; sent: SentPacket[] } {
  const sent: SentPacket[] = [];
  const sender = new PacketSender(
    {
      sendRtp(slot, _headerLength, length) {
        const packet = parsed(Buffer.from(slot.bytes.subarray(0, length)));
        const isRtx = packet.payloadType === rtxPayloadType;
        sent.push({
          packet,
          repeats: isRtx ? packet.payload.readUInt16BE(0) : undefined,
          payload: isRtx ? packet.payload.subarray(2) : packet.payload,
        });
      },
    },
    new BandwidthEstimator(),
  );
  const forwarder = new Forwarder(
    track,
    {
      ssrc: 1,
      rtxSsrc: 2,
      payloadType: outgoingPayloadType,
      rtxPayloadType: withRtx ? rtxPayloadType : -1,
      extensions: { ...noExtensions },
    },
    through(sender),
    replays,
  );
  forwarder.start();
  return { forwarder, sent };
}

function parsed(data: Buffer): RtpPacket {
  const packet = parseRtpPacket(data);
  if (packet === undefined) {
    throw new Error(`Not an RTP packet: ${data.toString('hex')}.`);
  }
  return packet;
}
