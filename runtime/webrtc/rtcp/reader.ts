const ntpEpochOffsetSeconds = 2_208_988_800;

/** One report block of an SR or RR (RFC 3550 section 6.4.1). */
export type ReportBlock = {
  ssrc: number;
  /** 0 to 255, in 256ths. */
  fractionLost: number;
  cumulativeLost: number;
  extendedHighestSequence: number;
  jitter: number;
  lastSenderReport: number;
  delaySinceLastSenderReport: number;
};

/** What {@link readRtcp} calls for each message it understands. */
export type RtcpHandler = {
  senderReport(ssrc: number, ntpMs: number, rtpTimestamp: number, ntpMiddle: number): void;
  /** The block is used again for the next one: whoever wants to keep it copies it. */
  reportBlock(block: Readonly<ReportBlock>): void;
  /** Generic NACK (RFC 4585 section 6.2.1), once per missing sequence number. */
  nack(mediaSsrc: number, sequenceNumber: number): void;
  /** PLI (RFC 4585 section 6.3.1) or FIR (RFC 5104 section 4.3.1). */
  keyFrameRequest(mediaSsrc: number): void;
  /** REMB (draft-alvestrand-rmcat-remb-03), in bits per second. */
  maxBitrate(bitsPerSecond: number): void;
  /** Transport-wide congestion control feedback: the packet's bytes from its base sequence number on. */
  transportFeedback(data: Buffer, offset: number, end: number): void;
};

/**
 * How many packets one compound packet may report about: more than are ever on the way. 36 bytes of run lengths can name
 * 65,528, and a datagram full of them took 11 to 22 ms.
 */
const mostReportedPackets = 8192;

/**
 * Walks a decrypted RTCP compound packet. Unknown packets are skipped.
 *
 * @returns false when the packet is malformed; what came before the malformed part has been delivered.
 */
export function readRtcp(data: Buffer, handler: RtcpHandler): boolean {
  let offset = 0;
  let reportedPackets = 0;
  while (offset < data.length) {
    if (offset + 4 > data.length || (data[offset] as number) >> 6 !== 2) {
      return false;
    }
    const count = (data[offset] as number) & 0x1f;
    const type = data[offset + 1] as number;
    const end = offset + 4 + data.readUInt16BE(offset + 2) * 4;
    if (end > data.length) {
      return false;
    }
    if (type === 205 && count === 15 && end - offset >= 16) {
      reportedPackets += data.readUInt16BE(offset + 14);
      if (reportedPackets > mostReportedPackets) {
        return false;
      }
    }
    if (!readPacket(data, offset + 4, end, type, count, handler)) {
      return false;
    }
    offset = end;
  }
  return true;
}

function readPacket(
  data: Buffer,
  offset: number,
  end: number,
  type: number,
  count: number,
  handler: RtcpHandler,
): boolean {
  switch (type) {
    case 200: {
      if (end - offset < 24 + count * 24) {
        return false;
      }
      const seconds = data.readUInt32BE(offset + 4);
      const fraction = data.readUInt32BE(offset + 8);
      const ntpMs = (seconds - ntpEpochOffsetSeconds) * 1000 + (fraction / 2 ** 32) * 1000;
      const ntpMiddle = ((seconds & 0xffff) * 65536 + (fraction >>> 16)) >>> 0;
      handler.senderReport(data.readUInt32BE(offset), ntpMs, data.readUInt32BE(offset + 12), ntpMiddle);
      readReportBlocks(data, offset + 24, count, handler);
      return true;
    }
    case 201:
      if (end - offset < 4 + count * 24) {
        return false;
      }
      readReportBlocks(data, offset + 4, count, handler);
      return true;
    case 205:
      if (end - offset < 8) {
        return false;
      }
      if (count === 1) {
        readNack(data, offset, end, handler);
      } else if (count === 15) {
        if (end - offset < 16) {
          return false;
        }
        handler.transportFeedback(data, offset + 8, end);
      }
      return true;
    case 206:
      if (end - offset < 8) {
        return false;
      }
      readPayloadFeedback(data, offset, end, count, handler);
      return true;
    default:
      return true;
  }
}

const block: ReportBlock = {
  ssrc: 0,
  fractionLost: 0,
  cumulativeLost: 0,
  extendedHighestSequence: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

function readReportBlocks(data: Buffer, start: number, count: number, handler: RtcpHandler): void {
  for (let i = 0; i < count; i++) {
    const at = start + i * 24;
    block.ssrc = data.readUInt32BE(at);
    block.fractionLost = data[at + 4] as number;
    block.cumulativeLost = data.readIntBE(at + 5, 3);
    block.extendedHighestSequence = data.readUInt32BE(at + 8);
    block.jitter = data.readUInt32BE(at + 12);
    block.lastSenderReport = data.readUInt32BE(at + 16);
    block.delaySinceLastSenderReport = data.readUInt32BE(at + 20);
    handler.reportBlock(block);
  }
}

function readNack(data: Buffer, offset: number, end: number, handler: RtcpHandler): void {
  const mediaSsrc = data.readUInt32BE(offset + 4);
  for (let at = offset + 8; at + 4 <= end; at += 4) {
    const first = data.readUInt16BE(at);
    const mask = data.readUInt16BE(at + 2);
    handler.nack(mediaSsrc, first);
    for (let bit = 0; bit < 16; bit++) {
      if ((mask >> bit) & 1) {
        handler.nack(mediaSsrc, (first + bit + 1) & 0xffff);
      }
    }
  }
}

function readPayloadFeedback(
  data: Buffer,
  offset: number,
  end: number,
  format: number,
  handler: RtcpHandler,
): void {
  if (format === 1) {
    handler.keyFrameRequest(data.readUInt32BE(offset + 4));
  } else if (format === 4) {
    for (let at = offset + 8; at + 8 <= end; at += 8) {
      handler.keyFrameRequest(data.readUInt32BE(at));
    }
  } else if (
    format === 15 &&
    end - offset >= 16 &&
    data.toString('latin1', offset + 8, offset + 12) === 'REMB'
  ) {
    const exponent = (data[offset + 13] as number) >> 2;
    const mantissa = data.readUIntBE(offset + 13, 3) & 0x3ffff;
    handler.maxBitrate(mantissa * 2 ** exponent);
  }
}
