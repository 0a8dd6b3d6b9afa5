/** Kinds of FLV tags (Adobe FLV 10.1 §E.4.1). */
export const TAG_AUDIO = 8;
export const TAG_VIDEO = 9;
export const TAG_SCRIPT = 18;

const TAG_HEADER_BYTES = 11;
/** Behind each tag stands its size, so that a player can go backwards (§E.3). */
const PREVIOUS_TAG_SIZE_BYTES = 4;

/** The file header and the empty tag size behind it (§E.2). */
export function flvHeader(has: { audio: boolean; video: boolean }): Uint8Array {
  return Uint8Array.of(
    ...[0x46, 0x4c, 0x56, 1], // "FLV", version 1
    (has.audio ? 4 : 0) | (has.video ? 1 : 0),
    ...[0, 0, 0, 9],
    ...[0, 0, 0, 0],
  );
}

/**
 * One tag with its size behind it (§E.4.1).
 *
 * @param timestampMs whole milliseconds; 32 bits, that is 49 days, before it begins anew
 * @param head what stands before the payload: codec and packet type
 */
export function flvTag(
  type: typeof TAG_AUDIO | typeof TAG_VIDEO | typeof TAG_SCRIPT,
  timestampMs: number,
  head: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const dataBytes = head.length + payload.length;
  const tagBytes = TAG_HEADER_BYTES + dataBytes;
  const tag = Buffer.allocUnsafe(tagBytes + PREVIOUS_TAG_SIZE_BYTES);
  tag[0] = type;
  tag.writeUIntBE(dataBytes, 1, 3);
  // The low 24 bits stand before the high 8.
  tag.writeUIntBE(timestampMs & 0xff_ffff, 4, 3);
  tag[7] = (timestampMs >>> 24) & 0xff;
  tag.writeUIntBE(0, 8, 3);
  tag.set(head, TAG_HEADER_BYTES);
  tag.set(payload, TAG_HEADER_BYTES + head.length);
  tag.writeUInt32BE(tagBytes, tagBytes);
  return tag;
}
