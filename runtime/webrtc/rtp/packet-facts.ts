import { startsKeyFrame } from '../codec/key-frame.ts';
import type { CodecName } from '../codec/key-frame.ts';
import { clearPictureFacts, readVp8Picture, readVp9Picture } from '../codec/picture-facts.ts';
import type { PictureFacts } from '../codec/picture-facts.ts';
import type { RtpPacket } from './packet.ts';

/**
 * What is read of a packet once, for all who forward it. The object is used again for the next packet: whoever
 * wants to keep something copies it.
 */
export type PacketFacts = PictureFacts & {
  /** The packet's sequence number without its wraps, a signed 32-bit number; see `RecentPackets.add`. */
  number: number;
  /** The packet was there before. */
  isRepeat: boolean;
  startsKeyFrame: boolean;
};

/** Facts to be filled in. */
export function newPacketFacts(): PacketFacts {
  return {
    number: 0,
    isRepeat: false,
    startsKeyFrame: false,
    temporal: 0,
    switchesUp: false,
    pictureId: -1,
    tl0: -1,
  };
}

/** Reads what the payload tells. */
export function readPacketFacts(codec: CodecName, packet: RtpPacket, facts: PacketFacts): void {
  facts.startsKeyFrame = startsKeyFrame(codec, packet.payload);
  switch (codec) {
    case 'vp8':
      readVp8Picture(packet.payload, facts);
      break;
    case 'vp9':
      readVp9Picture(packet.payload, facts);
      break;
    default:
      clearPictureFacts(facts);
  }
}
