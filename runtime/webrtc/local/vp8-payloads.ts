/** Leaves room for headers, extensions and SRTP within the 1200 bytes that every path carries. */
const MOST_PAYLOAD_BYTES = 1100;
/** S bit of the first packet's descriptor: here a partition begins (RFC 7741 section 4.2). */
const STARTS_PARTITION = 0x10;

/**
 * Cuts a VP8 frame into RTP payloads (RFC 7741), each with the shortest descriptor there is: one layer in one
 * resolution needs no picture ids.
 */
export function vp8Payloads(frame: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < frame.length; at += MOST_PAYLOAD_BYTES) {
    const part = frame.subarray(at, at + MOST_PAYLOAD_BYTES);
    const payload = new Uint8Array(part.length + 1);
    payload[0] = at === 0 ? STARTS_PARTITION : 0;
    payload.set(part, 1);
    payloads.push(payload);
  }
  return payloads;
}
