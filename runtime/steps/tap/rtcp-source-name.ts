const SOURCE_DESCRIPTION = 202;
const CNAME = 1;

/** Source description with the canonical name alone (RFC 3550 section 6.5); goes with each report. */
export function writeSourceName(ssrc: number, name: string): Buffer {
  const text = Buffer.from(name);
  // Ends with at least one zero, and on a border of four bytes.
  const chunkBytes = 4 * Math.ceil((4 + 2 + text.length + 1) / 4);
  const packet = Buffer.alloc(4 + chunkBytes);
  packet[0] = 0x81;
  packet[1] = SOURCE_DESCRIPTION;
  packet.writeUInt16BE(chunkBytes / 4, 2);
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = CNAME;
  packet[9] = text.length;
  text.copy(packet, 10);
  return packet;
}
