import type { RtpPacket } from './packet.ts';

/** RTP header extensions that this SFU understands, by their SDP URI. */
export const extensionUris = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  videoOrientation: 'urn:3gpp:video-orientation',
} as const;

export type ExtensionName = keyof typeof extensionUris;

/** Negotiated extension identifiers; 0 means not negotiated. */
export type ExtensionIds = Record<ExtensionName, number>;

export const noExtensions: Readonly<ExtensionIds> = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  audioLevel: 0,
  transportCc: 0,
  videoOrientation: 0,
};

/**
 * Finds one element of the header-extension block (RFC 8285). Returns its position as
 * `offset * 256 + length`, or -1: a number, because this runs several times per packet.
 */
export function findExtension(packet: RtpPacket, id: number): number {
  if (id === 0 || packet.extensionLength === 0) {
    return -1;
  }
  const { data } = packet;
  const end = packet.extensionOffset + packet.extensionLength;
  let offset = packet.extensionOffset;
  if (packet.extensionProfile === 0xbede) {
    while (offset < end) {
      const head = data[offset] as number;
      if (head === 0) {
        offset++;
        continue;
      }
      const elementId = head >> 4;
      if (elementId === 15) {
        return -1;
      }
      const length = (head & 0x0f) + 1;
      if (offset + 1 + length > end) {
        return -1;
      }
      if (elementId === id) {
        return (offset + 1) * 256 + length;
      }
      offset += 1 + length;
    }
    return -1;
  }
  if ((packet.extensionProfile & 0xfff0) === 0x1000) {
    while (offset + 1 < end) {
      const elementId = data[offset] as number;
      if (elementId === 0) {
        offset++;
        continue;
      }
      const length = data[offset + 1] as number;
      if (offset + 2 + length > end) {
        return -1;
      }
      if (elementId === id) {
        return (offset + 2) * 256 + length;
      }
      offset += 2 + length;
    }
  }
  return -1;
}

/** The element as ASCII text (mid, rid), or `undefined`. */
export function readTextExtension(packet: RtpPacket, id: number): string | undefined {
  const found = findExtension(packet, id);
  if (found < 0) {
    return undefined;
  }
  const offset = Math.floor(found / 256);
  return packet.data.toString('latin1', offset, offset + (found % 256));
}

/** The transport-wide sequence number, or -1. */
export function readTransportSequence(packet: RtpPacket, id: number): number {
  const found = findExtension(packet, id);
  return found < 0 || found % 256 < 2 ? -1 : packet.data.readUInt16BE(Math.floor(found / 256));
}

/**
 * RFC 6464 audio level of the packet: 0 (loudest) to 127 (silence) in -dBov, or -1 when it carries none.
 */
export function readAudioLevel(packet: RtpPacket, id: number): number {
  const found = findExtension(packet, id);
  return found < 0 ? -1 : (packet.data[Math.floor(found / 256)] as number) & 0x7f;
}
