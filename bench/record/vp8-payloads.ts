/** What a VP8 payload descriptor takes here: X, I and a 15-bit picture id (RFC 7741 section 4.2). */
const DESCRIPTOR_BYTES = 4;

/** Of a packet, so that it stays below a path's usual 1200 bytes with all its headers; browsers do the same. */
const MOST_BYTES = 1100;

/** Cuts an encoded picture into RTP payloads of about equal size (RFC 7741), the picture id left at zero. */
export function vp8Payloads(picture: Uint8Array): Buffer[] {
  const count = Math.max(1, Math.ceil(picture.length / MOST_BYTES));
  const size = Math.ceil(picture.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = picture.subarray(index * size, (index + 1) * size);
    const payload = Buffer.alloc(DESCRIPTOR_BYTES + part.length);
    payload[0] = index === 0 ? 0x90 : 0x80;
    payload[1] = 0x80;
    payload[2] = 0x80;
    payload.set(part, DESCRIPTOR_BYTES);
    return payload;
  });
}

/** The payload as part of picture number `pictureId`. */
export function withPictureId(payload: Buffer, pictureId: number): Buffer {
  const copy = Buffer.from(payload);
  copy.writeUInt16BE(0x8000 | (pictureId & 0x7fff), 2);
  return copy;
}
