import type { ClipCodec, ClipFrame } from './encoded-clip.ts';
import { nalUnits } from './encoded-clip.ts';

/** Leaves room for headers, extensions and SRTP within 1200 bytes. */
const PAYLOAD_BYTES = 1100;

/** Cuts frames of one stream into RTP payloads. */
export function createPacketizer(codec: ClipCodec): (frame: ClipFrame) => Buffer[] {
  switch (codec) {
    case 'opus':
      return (frame) => [Buffer.from(frame.data)];
    case 'h264':
      return h264Payloads;
    case 'vp8':
      return vp8Packetizer();
  }
}

/** RFC 7741 section 4.2, with 15-bit picture ids. */
function vp8Packetizer(): (frame: ClipFrame) => Buffer[] {
  let pictureId = 0x7ff0;
  return (frame) => {
    pictureId = (pictureId + 1) & 0x7fff;
    return pieces(Buffer.from(frame.data)).map((piece, index) =>
      Buffer.concat([
        Buffer.of(index === 0 ? 0x90 : 0x80, 0x80, 0x80 | (pictureId >> 8), pictureId & 0xff),
        piece,
      ]),
    );
  };
}

/** RFC 6184: single NAL units, or FU-A fragments of those that are too long. */
function h264Payloads(frame: ClipFrame): Buffer[] {
  return nalUnits(frame.data).flatMap((unit) => {
    if (unit.length <= PAYLOAD_BYTES) {
      return [unit];
    }
    const header = unit[0]!;
    const parts = pieces(unit.subarray(1));
    return parts.map((part, index) => {
      const start = index === 0 ? 0x80 : 0;
      const end = index === parts.length - 1 ? 0x40 : 0;
      return Buffer.concat([Buffer.of((header & 0xe0) | 28, start | end | (header & 31)), part]);
    });
  });
}

function pieces(bytes: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / PAYLOAD_BYTES));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * PAYLOAD_BYTES, (index + 1) * PAYLOAD_BYTES),
  );
}
