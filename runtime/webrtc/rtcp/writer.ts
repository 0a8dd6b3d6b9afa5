import type { ReportBlock } from './reader.ts';

const ntpEpochOffsetSeconds = 2_208_988_800;

function header(type: number, count: number, bodyBytes: number): Buffer {
  const packet = Buffer.alloc(4 + bodyBytes);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(bodyBytes / 4, 2);
  return packet;
}

/** The middle 32 bits of the NTP time, as they come back in report blocks. */
export function ntpMiddleOf(ntpMs: number): number {
  const seconds = Math.floor(ntpMs / 1000) + ntpEpochOffsetSeconds;
  const fraction = Math.floor(((ntpMs % 1000) / 1000) * 65536);
  return ((seconds & 0xffff) * 65536 + fraction) >>> 0;
}

/** Sender report without report blocks (RFC 3550 section 6.4.1). */
export function writeSenderReport(report: {
  ssrc: number;
  ntpMs: number;
  rtpTimestamp: number;
  packetCount: number;
  octetCount: number;
}): Buffer {
  const packet = header(200, 0, 24);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeUInt32BE((Math.floor(report.ntpMs / 1000) + ntpEpochOffsetSeconds) >>> 0, 8);
  packet.writeUInt32BE(Math.floor(((report.ntpMs % 1000) / 1000) * 2 ** 32) >>> 0, 12);
  packet.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  packet.writeUInt32BE(report.packetCount >>> 0, 20);
  packet.writeUInt32BE(report.octetCount >>> 0, 24);
  return packet;
}

/** Receiver report (RFC 3550 section 6.4.2) of at most 31 blocks. */
export function writeReceiverReport(senderSsrc: number, blocks: readonly ReportBlock[]): Buffer {
  const used = blocks.slice(0, 31);
  const packet = header(201, used.length, 4 + used.length * 24);
  packet.writeUInt32BE(senderSsrc, 4);
  used.forEach((block, i) => {
    const at = 8 + i * 24;
    packet.writeUInt32BE(block.ssrc, at);
    packet[at + 4] = block.fractionLost;
    packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)), at + 5, 3);
    packet.writeUInt32BE(block.extendedHighestSequence >>> 0, at + 8);
    packet.writeUInt32BE(block.jitter >>> 0, at + 12);
    packet.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
    packet.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, at + 20);
  });
  return packet;
}

/** Generic NACK (RFC 4585 section 6.2.1). `sequenceNumbers` in the order they were sent, wraps allowed. */
export function writeNack(senderSsrc: number, mediaSsrc: number, sequenceNumbers: readonly number[]): Buffer {
  const fields: number[] = [];
  let first = -1;
  let mask = 0;
  for (const sequence of sequenceNumbers) {
    const distance = (sequence - first) & 0xffff;
    if (first >= 0 && distance >= 1 && distance <= 16) {
      mask |= 1 << (distance - 1);
      continue;
    }
    if (first >= 0) {
      fields.push(first, mask);
    }
    first = sequence;
    mask = 0;
  }
  if (first >= 0) {
    fields.push(first, mask);
  }
  const packet = header(205, 1, 8 + fields.length * 2);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  fields.forEach((field, i) => packet.writeUInt16BE(field, 12 + i * 2));
  return packet;
}

/** Picture loss indication (RFC 4585 section 6.3.1). */
export function writePictureLossIndication(senderSsrc: number, mediaSsrc: number): Buffer {
  const packet = header(206, 1, 8);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}
