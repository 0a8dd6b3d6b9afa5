import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRtcp } from '../../../runtime/webrtc/rtcp/reader.ts';
import type { ReportBlock, RtcpHandler } from '../../../runtime/webrtc/rtcp/reader.ts';
import {
  ntpMiddleOf,
  writePictureLossIndication,
  writeReceiverReport,
  writeSenderReport,
} from '../../../runtime/webrtc/rtcp/writer.ts';
import { joinCompounds } from '../../../runtime/webrtc/rtcp/compound.ts';
import { readTransportFeedback } from '../../../runtime/webrtc/rtcp/transport-feedback.ts';
import { parseRtpPacket } from '../../../runtime/webrtc/rtp/packet.ts';
import { findExtension } from '../../../runtime/webrtc/rtp/header-extensions.ts';
import { KeyFrameRequests, ReceptionStatistics } from '../../../runtime/webrtc/receive/index.ts';

function handler(overrides: Partial<RtcpHandler> = {}): RtcpHandler {
  return {
    senderReport: () => undefined,
    reportBlock: () => undefined,
    nack: () => undefined,
    keyFrameRequest: () => undefined,
    maxBitrate: () => undefined,
    transportFeedback: () => undefined,
    ...overrides,
  };
}

describe('RTCP', () => {
  it('carries the sender clock to a fraction of a millisecond', () => {
    const ntpMs = Date.UTC(2026, 1, 3, 4, 5, 6) + 123.456;
    const reports: unknown[][] = [];
    const packet = writeSenderReport({
      ssrc: 7,
      ntpMs,
      rtpTimestamp: 4_000_000_000,
      packetCount: 1,
      octetCount: 2,
    });
    readRtcp(packet, handler({ senderReport: (...report) => reports.push(report) }));
    expect(reports[0]?.[0]).toBe(7);
    expect(reports[0]?.[1]).toBeCloseTo(ntpMs, 2);
    expect(reports[0]?.[2]).toBe(4_000_000_000);
    expect(reports[0]?.[3]).toBe(ntpMiddleOf(ntpMs));
  });

  it('reports losses across the wrap of the sequence number', () => {
    const statistics = new ReceptionStatistics(90_000);
    for (let n = 65_500; n < 65_600; n++) {
      if (n % 10 !== 5) {
        statistics.onPacket(n & 0xffff, n * 3000, n * 33);
      }
    }
    const blocks: ReportBlock[] = [];
    readRtcp(
      writeReceiverReport(1, [statistics.takeReportBlock(42, 0)]),
      handler({ reportBlock: (block) => blocks.push(block) }),
    );
    expect(blocks[0]).toMatchObject({ ssrc: 42, cumulativeLost: 10, extendedHighestSequence: 65_599 });
    expect(blocks[0]?.fractionLost).toBe(25);
  });

  it('reads every message of a compound packet', () => {
    const asked: number[] = [];
    const compound = Buffer.concat([
      writeReceiverReport(1, []),
      writePictureLossIndication(1, 5),
      writePictureLossIndication(1, 6),
    ]);
    expect(readRtcp(compound, handler({ keyFrameRequest: (ssrc) => asked.push(ssrc) }))).toBe(true);
    expect(asked).toEqual([5, 6]);
  });

  it('goes out in datagrams that any path carries, in order', () => {
    const packets = [500, 600, 100, 4, 1100, 200].map((bytes, i) => Buffer.alloc(bytes, i));
    const compounds = joinCompounds(packets);
    expect(compounds.map(({ length }) => length)).toEqual([1200, 1104, 200]);
    expect(Buffer.concat(compounds)).toEqual(Buffer.concat(packets));
    expect(joinCompounds([])).toEqual([]);
  });

  it('reports about no more packets than are ever on the way', () => {
    // Run lengths of eight chunks name 65,528 packets in 36 bytes.
    const flood = Buffer.alloc(36);
    flood.writeUInt32BE(0x8fcd0008, 0);
    flood.writeUInt16BE(65_528, 14);
    for (let chunk = 0; chunk < 8; chunk++) {
      flood.writeUInt16BE(0x1fff, 20 + chunk * 2);
    }
    let reported = 0;
    const feedback = handler({
      transportFeedback: (data, offset, end) => {
        readTransportFeedback(data, offset, end, () => reported++);
      },
    });
    expect(readRtcp(flood, feedback)).toBe(false);
    flood.writeUInt16BE(8000, 14);
    expect(readRtcp(Buffer.concat([flood, flood]), feedback)).toBe(false);
    expect(reported).toBe(8000);
  });

  it('survives arbitrary bytes and cut packets', () => {
    const feedback = handler({
      transportFeedback: (data, offset, end) => {
        readTransportFeedback(data, offset, end, () => undefined);
      },
    });
    const compound = Buffer.concat([
      writeSenderReport({ ssrc: 1, ntpMs: 1, rtpTimestamp: 1, packetCount: 1, octetCount: 1 }),
      writePictureLossIndication(1, 5),
    ]);
    for (let i = 0; i < 20_000; i++) {
      const garbage = randomBytes(i % 80);
      if (garbage.length > 3) {
        garbage[0] = 0x80 | ([1, 15, 4, 2, 31][i % 5] ?? 0);
        garbage[1] = 200 + (i % 8);
        garbage.writeUInt16BE(Math.max(0, (garbage.length >> 2) - (i % 3)), 2);
      }
      readRtcp(garbage, feedback);
      parseRtpPacket(garbage);
    }
    for (let length = 0; length < compound.length; length++) {
      readRtcp(compound.subarray(0, length), feedback);
    }
  });
});

describe('RTP', () => {
  it('is read only when header, extensions and padding fit', () => {
    for (let i = 0; i < 20_000; i++) {
      const bytes = randomBytes(i % 64);
      if (bytes.length > 0) {
        bytes[0] = 0x80 | (bytes[0]! & 0x3f);
      }
      const packet = parseRtpPacket(bytes);
      if (packet !== undefined) {
        expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12);
        for (let id = 1; id < 15; id++) {
          const found = findExtension(packet, id);
          if (found >= 0) {
            expect(Math.floor(found / 256) + (found % 256)).toBeLessThanOrEqual(bytes.length);
          }
        }
      }
    }
  });
});

describe('key-frame requests', () => {
  it('go out at once, then not before 500 ms, and one made in between goes out at the end', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    expect(requests.takeDue(1000)).toEqual([1]);
    requests.request(1);
    requests.request(1);
    expect(requests.takeDue(1300)).toEqual([]);
    expect(requests.takeDue(1500)).toEqual([1]);
    requests.fulfilled(1);
    expect(requests.takeDue(3000)).toEqual([]);
  });

  /** When this source is asked, looked at every 10 ms for a minute. */
  const askedAt = (requests: KeyFrameRequests, onTime?: (nowMs: number) => void): number[] => {
    const asked: number[] = [];
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 10) {
      onTime?.(nowMs);
      asked.push(...requests.takeDue(nowMs).map(() => nowMs));
    }
    return asked;
  };

  it('are repeated ever less often when nothing answers, and given up in the end', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    expect(askedAt(requests)).toEqual([0, 1000, 3000, 7000, 15_000]);
  });

  it('are repeated until a key frame comes, and not once it came', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    const asked = askedAt(requests, (nowMs) => {
      if (nowMs === 3200) {
        requests.fulfilled(1);
      }
    });
    expect(asked).toEqual([0, 1000, 3000]);
  });

  it('are as quick as ever when one is made while another is unanswered', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    const asked = askedAt(requests, (nowMs) => {
      if (nowMs === 3200) {
        requests.request(1);
      }
    });
    expect(asked).toEqual([0, 1000, 3000, 3500, 4500, 6500, 10_500, 18_500]);
  });

  it('end with their source', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    requests.takeDue(0);
    requests.forget(1);
    expect(askedAt(requests)).toEqual([]);
  });

  it('are throttled for each source alone', () => {
    const requests = new KeyFrameRequests();
    requests.request(1);
    expect(requests.takeDue(1000)).toEqual([1]);
    requests.request(2);
    expect(requests.takeDue(1001)).toEqual([2]);
  });
});
