/** What any path carries in one datagram, with room for what encryption and IP add (RFC 8200 section 5). */
const mostBytes = 1200;

/** Joins RTCP packets, in order, into as few compound packets as fit a datagram each. Pure. */
export function joinCompounds(packets: readonly Buffer[]): Buffer[] {
  const compounds: Buffer[] = [];
  let joined: Buffer[] = [];
  let bytes = 0;
  for (const packet of packets) {
    if (joined.length > 0 && bytes + packet.length > mostBytes) {
      compounds.push(Buffer.concat(joined));
      joined = [];
      bytes = 0;
    }
    joined.push(packet);
    bytes += packet.length;
  }
  if (joined.length > 0) {
    compounds.push(Buffer.concat(joined));
  }
  return compounds;
}
