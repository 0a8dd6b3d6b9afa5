/**
 * Transport-wide congestion control feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1): which transport-wide sequence numbers
 * arrived, and when.
 */

/** A packet as feedback reports it; `sequence` is extended, it does not wrap. */
export type PacketArrival = { sequence: number; arrivalMs: number };

const deltaUnitMs = 0.25;
const referenceUnitMs = 64;
const notReceived = 0;
const smallDelta = 1;
const largeDelta = 2;

/** How many packets one feedback may cover: keeps it well under an MTU whatever the pattern. */
export const maxFeedbackPackets = 400;

/**
 * Writes feedback about the packets from `base` on. `arrivals` ascend in sequence and start at or after
 * `base`.
 *
 * @returns the packet and how many of `arrivals` it covers; fewer than all when they lie too far apart in
 * time or number, and the rest belongs into another feedback.
 */
export function writeTransportFeedback(
  senderSsrc: number,
  mediaSsrc: number,
  feedbackCount: number,
  base: number,
  arrivals: readonly PacketArrival[],
): { packet: Buffer; covered: number; nextBase: number } {
  const first = arrivals[0];
  if (first === undefined) {
    throw new RangeError('Feedback needs at least one arrival.');
  }
  const reference = Math.floor(first.arrivalMs / referenceUnitMs);
  let previousTicks = reference * (referenceUnitMs / deltaUnitMs);
  const symbols: number[] = [];
  const deltas: number[] = [];
  let covered = 0;
  let sequence = base;
  for (const arrival of arrivals) {
    const ticks = Math.round(arrival.arrivalMs / deltaUnitMs);
    const delta = ticks - previousTicks;
    if (delta < -0x8000 || delta > 0x7fff || arrival.sequence - base >= maxFeedbackPackets) {
      if (covered > 0) {
        break;
      }
      // A base too far behind the first arrival: nothing can be said about what lies between.
      return writeTransportFeedback(senderSsrc, mediaSsrc, feedbackCount, first.sequence, arrivals);
    }
    for (; sequence < arrival.sequence; sequence++) {
      symbols.push(notReceived);
    }
    symbols.push(delta >= 0 && delta <= 0xff ? smallDelta : largeDelta);
    deltas.push(delta);
    previousTicks = ticks;
    sequence++;
    covered++;
  }
  const chunks = writeChunks(symbols);
  const deltaBytes = deltas.reduce((sum, delta) => sum + (delta >= 0 && delta <= 0xff ? 1 : 2), 0);
  const unpadded = 20 + chunks.length * 2 + deltaBytes;
  const length = (unpadded + 3) & ~3;
  const packet = Buffer.alloc(length);
  packet[0] = 0x80 | (length > unpadded ? 0x20 : 0) | 15;
  packet[1] = 205;
  packet.writeUInt16BE(length / 4 - 1, 2);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  packet.writeUInt16BE(base & 0xffff, 12);
  packet.writeUInt16BE(symbols.length, 14);
  packet.writeUIntBE(((reference % 0x1000000) + 0x1000000) % 0x1000000, 16, 3);
  packet[19] = feedbackCount & 0xff;
  let offset = 20;
  for (const chunk of chunks) {
    offset = packet.writeUInt16BE(chunk, offset);
  }
  for (const delta of deltas) {
    offset =
      delta >= 0 && delta <= 0xff ? packet.writeUInt8(delta, offset) : packet.writeInt16BE(delta, offset);
  }
  if (length > unpadded) {
    packet[length - 1] = length - unpadded;
  }
  return { packet, covered, nextBase: sequence };
}

function writeChunks(symbols: readonly number[]): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < symbols.length) {
    const symbol = symbols[at] as number;
    let run = 1;
    while (run < 0x1fff && symbols[at + run] === symbol) {
      run++;
    }
    if (run >= 14 || at + run === symbols.length) {
      chunks.push((symbol << 13) | run);
      at += run;
      continue;
    }
    const oneBit = symbols.slice(at, at + 14);
    if (oneBit.every((value) => value !== largeDelta)) {
      chunks.push(oneBit.reduce((word, value, i) => word | (value << (13 - i)), 0x8000));
      at += oneBit.length;
      continue;
    }
    const twoBit = symbols.slice(at, at + 7);
    chunks.push(twoBit.reduce((word, value, i) => word | (value << (12 - i * 2)), 0xc000));
    at += twoBit.length;
  }
  return chunks;
}

/**
 * Reads feedback whose base sequence number lies at `offset`.
 *
 * @param onPacket called for each reported packet: its 16-bit sequence number, and its arrival in
 * milliseconds on the sender's unknown clock or -1 when it did not arrive.
 * @returns false when malformed.
 */
export function readTransportFeedback(
  data: Buffer,
  offset: number,
  end: number,
  onPacket: (sequence: number, arrivalMs: number) => void,
): boolean {
  const base = data.readUInt16BE(offset);
  const count = data.readUInt16BE(offset + 2);
  let arrivalMs = data.readUIntBE(offset + 4, 3) * referenceUnitMs;
  let at = offset + 8;
  const symbols = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    if (at + 2 > end) {
      return false;
    }
    const chunk = data.readUInt16BE(at);
    at += 2;
    if ((chunk & 0x8000) === 0) {
      const run = Math.min(chunk & 0x1fff, count - filled);
      if (run === 0) {
        return false;
      }
      symbols.fill((chunk >> 13) & 3, filled, filled + run);
      filled += run;
    } else {
      const bits = (chunk & 0x4000) === 0 ? 1 : 2;
      const inChunk = bits === 1 ? 14 : 7;
      for (let i = 0; i < inChunk && filled < count; i++, filled++) {
        symbols[filled] = (chunk >> (14 - bits * (i + 1))) & (bits === 1 ? 1 : 3);
      }
    }
  }
  for (let i = 0; i < count; i++) {
    const symbol = symbols[i];
    const sequence = (base + i) & 0xffff;
    if (symbol === smallDelta) {
      if (at + 1 > end) {
        return false;
      }
      arrivalMs += (data[at] as number) * deltaUnitMs;
      at += 1;
      onPacket(sequence, arrivalMs);
    } else if (symbol === largeDelta) {
      if (at + 2 > end) {
        return false;
      }
      arrivalMs += data.readInt16BE(at) * deltaUnitMs;
      at += 2;
      onPacket(sequence, arrivalMs);
    } else {
      onPacket(sequence, -1);
    }
  }
  return true;
}
