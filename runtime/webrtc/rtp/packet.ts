/**
 * One RTP packet (RFC 3550 section 5.1) over the buffer it came in. Listeners share it: nobody writes to
 * it, and who keeps `payload` keeps the datagram's memory.
 */
export class RtpPacket {
  payloadType: number;
  marker: boolean;
  sequenceNumber: number;
  timestamp: number;
  ssrc: number;
  /** The bare header-extension block (RFC 8285), without its 4-byte head; empty when there is none. */
  extensionOffset: number;
  extensionLength: number;
  /** `0xbede` for one-byte elements, `0x1000` to `0x100f` for two-byte elements. */
  extensionProfile: number;
  /** The whole packet. */
  readonly data: Buffer;
  /** Without header and padding. */
  readonly payload: Buffer;

  constructor(
    data: Buffer,
    payload: Buffer,
    header: {
      payloadType: number;
      marker: boolean;
      sequenceNumber: number;
      timestamp: number;
      ssrc: number;
      extensionOffset: number;
      extensionLength: number;
      extensionProfile: number;
    },
  ) {
    this.data = data;
    this.payload = payload;
    this.payloadType = header.payloadType;
    this.marker = header.marker;
    this.sequenceNumber = header.sequenceNumber;
    this.timestamp = header.timestamp;
    this.ssrc = header.ssrc;
    this.extensionOffset = header.extensionOffset;
    this.extensionLength = header.extensionLength;
    this.extensionProfile = header.extensionProfile;
  }
}

/** A packet without extensions and payload, for what is sent without having been received. */
export const emptyPacket = new RtpPacket(Buffer.alloc(0), Buffer.alloc(0), {
  payloadType: 0,
  marker: false,
  sequenceNumber: 0,
  timestamp: 0,
  ssrc: 0,
  extensionOffset: 0,
  extensionLength: 0,
  extensionProfile: 0,
});

/** Where the payload of an RTP packet begins, or -1 when the header does not fit into `length` bytes. */
export function rtpHeaderLength(data: Uint8Array, length: number): number {
  if (length < 12 || (data[0] as number) >> 6 !== 2) {
    return -1;
  }
  const first = data[0] as number;
  let offset = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (offset + 4 > length) {
      return -1;
    }
    offset += 4 + (((data[offset + 2] as number) << 8) | (data[offset + 3] as number)) * 4;
  }
  return offset <= length ? offset : -1;
}

/** Reads a decrypted RTP packet; `undefined` for anything that is not a well-formed one. */
export function parseRtpPacket(data: Buffer): RtpPacket | undefined {
  const payloadOffset = rtpHeaderLength(data, data.length);
  if (payloadOffset < 0) {
    return undefined;
  }
  const first = data[0] as number;
  const second = data[1] as number;
  let end = data.length;
  if ((first & 0x20) !== 0) {
    const padding = data[end - 1] as number;
    if (padding === 0 || payloadOffset + padding > end) {
      return undefined;
    }
    end -= padding;
  }
  let extensionOffset = 0;
  let extensionLength = 0;
  let extensionProfile = 0;
  if ((first & 0x10) !== 0) {
    const head = 12 + (first & 0x0f) * 4;
    extensionProfile = data.readUInt16BE(head);
    extensionOffset = head + 4;
    extensionLength = payloadOffset - extensionOffset;
  }
  return new RtpPacket(data, data.subarray(payloadOffset, end), {
    payloadType: second & 0x7f,
    marker: second >= 0x80,
    sequenceNumber: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    extensionOffset,
    extensionLength,
    extensionProfile,
  });
}
