/**
 * Transport-wide congestion control feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1): which transport-wide sequence numbers
 * arrived, and when.
 */

/** Packets as feedback reports them, in two arrays so that none is an object. `sequences` do not wrap. */
export type PacketArrivals = { readonly sequences: Float64Array; readonly arrivalsMs: Float64Array };

const deltaUnitMs = 0.25;
const referenceUnitMs = 64;
const notReceived = 0;
const smallDelta = 1;
const largeDelta = 2;

/** How many packets one feedback may cover: keeps it well under an MTU whatever the pattern. */
export const maxFeedbackPackets = 400;

const symbols = new Uint8Array(maxFeedbackPackets);
const deltas = new Int32Array(maxFeedbackPackets);
const chunks = new Uint16Array(maxFeedbackPackets);

/**
 * Writes feedback about the packets from `base` on. The arrivals from `start` to before `end` ascend in sequence;
 * the first is at or after `base`, or `base` is given up for it when it lies too far behind.
 *
 * @returns the packet, how many arrivals it covers, and the base of the next; it covers fewer than all when they
 * lie too far apart in time or number, and the rest belongs into another feedback.
 */
export function writeTransportFeedback(
  senderSsrc: number,
  mediaSsrc: number,
  feedbackCount: number,
  base: number,
  arrivals: PacketArrivals,
  start: number,
  end: number,
): { packet: Buffer; covered: number; nextBase: number } {
  if (start >= end) {
    throw new RangeError('Feedback needs at least one arrival.');
  }
  const { sequences, arrivalsMs } = arrivals;
  const first = sequences[start] as number;
  // Nothing can be said about what lies between a base that far behind and the first arrival.
  const from = first - base >= maxFeedbackPackets ? first : base;
  const reference = Math.floor((arrivalsMs[start] as number) / referenceUnitMs);
  let previousTicks = reference * (referenceUnitMs / deltaUnitMs);
  let deltaBytes = 0;
  let covered = 0;
  let sequence = from;
  for (let i = start; i < end; i++) {
    const arrived = sequences[i] as number;
    const ticks = Math.round((arrivalsMs[i] as number) / deltaUnitMs);
    const delta = ticks - previousTicks;
    if (delta < -0x8000 || delta > 0x7fff || arrived - from >= maxFeedbackPackets) {
      break;
    }
    for (; sequence < arrived; sequence++) {
      symbols[sequence - from] = notReceived;
    }
    const isSmall = isSmallDelta(delta);
    symbols[sequence - from] = isSmall ? smallDelta : largeDelta;
    deltas[covered++] = delta;
    deltaBytes += isSmall ? 1 : 2;
    previousTicks = ticks;
    sequence++;
  }
  const count = sequence - from;
  const chunkCount = fillChunks(count);
  const unpadded = 20 + chunkCount * 2 + deltaBytes;
  const length = (unpadded + 3) & ~3;
  const packet = Buffer.alloc(length);
  packet[0] = 0x80 | (length > unpadded ? 0x20 : 0) | 15;
  packet[1] = 205;
  packet.writeUInt16BE(length / 4 - 1, 2);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  packet.writeUInt16BE(from & 0xffff, 12);
  packet.writeUInt16BE(count, 14);
  packet.writeUIntBE(((reference % 0x1000000) + 0x1000000) % 0x1000000, 16, 3);
  packet[19] = feedbackCount & 0xff;
  let offset = 20;
  for (let i = 0; i < chunkCount; i++) {
    offset = packet.writeUInt16BE(chunks[i] as number, offset);
  }
  for (let i = 0; i < covered; i++) {
    const delta = deltas[i] as number;
    offset = isSmallDelta(delta) ? packet.writeUInt8(delta, offset) : packet.writeInt16BE(delta, offset);
  }
  if (length > unpadded) {
    packet[length - 1] = length - unpadded;
  }
  return { packet, covered, nextBase: sequence };
}

function isSmallDelta(delta: number): boolean {
  return delta >= 0 && delta <= 0xff;
}

/** Fills `chunks` from the first `count` symbols; answers how many chunks there are. */
function fillChunks(count: number): number {
  let chunkCount = 0;
  for (let at = 0; at < count;) {
    const symbol = symbols[at] as number;
    let run = 1;
    while (at + run < count && symbols[at + run] === symbol) {
      run++;
    }
    if (run >= 14 || at + run === count) {
      chunks[chunkCount++] = (symbol << 13) | run;
      at += run;
      continue;
    }
    const inOneBit = Math.min(14, count - at);
    let word = 0x8000;
    let hasLarge = false;
    for (let i = 0; i < inOneBit; i++) {
      const value = symbols[at + i] as number;
      hasLarge ||= value === largeDelta;
      word |= value << (13 - i);
    }
    if (!hasLarge) {
      chunks[chunkCount++] = word;
      at += inOneBit;
      continue;
    }
    const inTwoBit = Math.min(7, count - at);
    word = 0xc000;
    for (let i = 0; i < inTwoBit; i++) {
      word |= (symbols[at + i] as number) << (12 - i * 2);
    }
    chunks[chunkCount++] = word;
    at += inTwoBit;
  }
  return chunkCount;
}

/** Feedback counts its packets in 16 bits. */
const readSymbols = new Uint8Array(0x10000);

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
  const reported = readSymbols;
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
      reported.fill((chunk >> 13) & 3, filled, filled + run);
      filled += run;
    } else {
      const bits = (chunk & 0x4000) === 0 ? 1 : 2;
      const inChunk = bits === 1 ? 14 : 7;
      for (let i = 0; i < inChunk && filled < count; i++, filled++) {
        reported[filled] = (chunk >> (14 - bits * (i + 1))) & (bits === 1 ? 1 : 3);
      }
    }
  }
  for (let i = 0; i < count; i++) {
    const symbol = reported[i];
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
