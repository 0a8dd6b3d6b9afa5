import { MOST_PAYLOAD_BYTES, type Packetizer } from './packetizer.ts';

/** X and I set, then a picture id of 15 bits (RFC 7741 section 4.2). */
const DESCRIPTOR_BYTES = 4;
const EXTENDED = 0x80;
const STARTS_PARTITION = 0x10;
const HAS_PICTURE_ID = 0x80;
const LONG_PICTURE_ID = 0x8000;

/** VP8 (RFC 7741 section 4): a frame is one partition as far as the payloads tell, which is allowed. */
export function createVp8Packetizer(firstPictureId = 0): Packetizer {
  let pictureId = firstPictureId;
  return ({ data }, emit) => {
    const most = MOST_PAYLOAD_BYTES - DESCRIPTOR_BYTES;
    for (let at = 0; at < data.length; at += most) {
      const piece = data.subarray(at, at + most);
      const payload = Buffer.allocUnsafe(DESCRIPTOR_BYTES + piece.length);
      payload[0] = EXTENDED | (at === 0 ? STARTS_PARTITION : 0);
      payload[1] = HAS_PICTURE_ID;
      payload.writeUInt16BE(LONG_PICTURE_ID | pictureId, 2);
      payload.set(piece, DESCRIPTOR_BYTES);
      emit(payload, at + most >= data.length);
    }
    pictureId = (pictureId + 1) & 0x7fff;
  };
}
