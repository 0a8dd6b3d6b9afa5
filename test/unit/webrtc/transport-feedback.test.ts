import { describe, expect, it } from 'vitest';
import { TransportFeedbackGenerator } from '../../../runtime/webrtc/receive/index.ts';
import { seededRandom } from '../../support/relay/index.ts';
import { readRtcp } from '../../../runtime/webrtc/rtcp/reader.ts';
import { readTransportFeedback } from '../../../runtime/webrtc/rtcp/transport-feedback.ts';

type Reported = { sequence: number; arrivalMs: number };

function read(packets: readonly Buffer[]): Reported[] {
  const reported: Reported[] = [];
  for (const packet of packets) {
    const ok = readRtcp(packet, {
      senderReport: () => undefined,
      reportBlock: () => undefined,
      nack: () => undefined,
      keyFrameRequest: () => undefined,
      maxBitrate: () => undefined,
      transportFeedback: (data, offset, end) => {
        expect(
          readTransportFeedback(data, offset, end, (sequence, arrivalMs) =>
            reported.push({ sequence, arrivalMs }),
          ),
        ).toBe(true);
      },
    });
    expect(ok).toBe(true);
  }
  return reported;
}

describe('transport-wide feedback', () => {
  it('reports a quiet sender: three packets, then nothing', () => {
    const generator = new TransportFeedbackGenerator(1);
    for (const sequence of [7, 8, 9]) {
      generator.onPacket(sequence, 1000 + sequence, 2);
    }
    const reported = read(generator.takeDue(1100));
    expect(reported.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
  });

  it('goes on across the wrap of the sequence number', () => {
    const generator = new TransportFeedbackGenerator(1);
    for (let n = 65_530; n < 65_545; n++) {
      generator.onPacket(n & 0xffff, n, 2);
    }
    const first = read(generator.takeDue(65_600));
    expect(first.map(({ sequence }) => sequence)).toEqual([
      65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    for (let n = 9; n < 12; n++) {
      generator.onPacket(n, 65_700 + n, 2);
    }
    expect(read(generator.takeDue(65_800)).map(({ sequence }) => sequence)).toEqual([9, 10, 11]);
  });

  it('reports lost packets as lost, also between two reports', () => {
    const generator = new TransportFeedbackGenerator(1);
    generator.onPacket(1, 0, 2);
    generator.onPacket(4, 3, 2);
    read(generator.takeDue(100));
    generator.onPacket(7, 150, 2);
    const reported = read(generator.takeDue(200));
    expect(reported.map(({ sequence, arrivalMs }) => [sequence, arrivalMs >= 0])).toEqual([
      [5, false],
      [6, false],
      [7, true],
    ]);
  });

  it('takes a loss back when the packet comes late', () => {
    const generator = new TransportFeedbackGenerator(1);
    generator.onPacket(1, 0, 2);
    generator.onPacket(3, 1, 2);
    read(generator.takeDue(100));
    generator.onPacket(2, 110, 2);
    generator.onPacket(4, 111, 2);
    const arrived = read(generator.takeDue(200)).filter(({ arrivalMs }) => arrivalMs >= 0);
    expect(arrived.map(({ sequence }) => sequence)).toEqual([2, 4]);
  });

  it('keeps distances between arrivals to a quarter of a millisecond, whatever the pattern', () => {
    const generator = new TransportFeedbackGenerator(1);
    const sent: Reported[] = [];
    let arrivalMs = 500;
    for (let n = 0; n < 150; n++) {
      // Small, large and negative steps; gaps of all sizes.
      arrivalMs += n % 11 === 0 ? 90 : n % 13 === 0 ? -5 : 1.3;
      if (n % 5 !== 0 && n % 17 !== 3) {
        sent.push({ sequence: n, arrivalMs });
        generator.onPacket(n, arrivalMs, 2);
      }
    }
    const arrived = read(generator.takeDue(100_000)).filter((entry) => entry.arrivalMs >= 0);
    expect(arrived.map(({ sequence }) => sequence)).toEqual(sent.map(({ sequence }) => sequence));
    arrived.forEach((entry, i) => {
      const distance = entry.arrivalMs - arrived[0]!.arrivalMs;
      const truth = sent[i]!.arrivalMs - sent[0]!.arrivalMs;
      expect(Math.abs(distance - truth)).toBeLessThanOrEqual(0.51);
    });
  });

  it('splits what lies too far apart for one report', () => {
    const generator = new TransportFeedbackGenerator(1);
    generator.onPacket(1, 0, 2);
    generator.onPacket(2, 20_000, 2);
    generator.onPacket(5000, 20_001, 2);
    const arrived = read(generator.takeDue(30_000)).filter((entry) => entry.arrivalMs >= 0);
    expect(arrived.map(({ sequence }) => sequence)).toEqual([1, 2, 5000]);
  });

  it('sends at most one report in 100 ms unless many packets wait', () => {
    const generator = new TransportFeedbackGenerator(1);
    generator.onPacket(1, 0, 2);
    expect(generator.takeDue(1000)).toHaveLength(1);
    generator.onPacket(2, 1010, 2);
    expect(generator.takeDue(1050)).toHaveLength(0);
    for (let n = 3; n < 300; n++) {
      generator.onPacket(n, 1050, 2);
    }
    expect(generator.takeDue(1060).length).toBeGreaterThan(0);
  });

  it('reports what arrives late, twice, in any order and in any numbers, each once', () => {
    const random = seededRandom(3);
    const generator = new TransportFeedbackGenerator(1);
    const expected: number[] = [];
    const reported: number[] = [];
    let next = 65_000;
    for (let round = 0; round < 60; round++) {
      const batch = Array.from({ length: 1 + Math.floor(random() * 600) }, () => {
        next += random() < 0.9 ? 1 : 1 + Math.floor(random() * 30);
        return next;
      });
      expected.push(...batch);
      const shuffled = [...batch, batch[0] ?? 0].sort((a, b) => a - b + (random() - 0.5) * 20);
      shuffled.forEach((sequence, i) => {
        generator.onPacket(sequence & 0xffff, round * 200 + i * 0.3, 2);
      });
      const packets = generator.takeDue(round * 200 + 190);
      reported.push(...read(packets).flatMap(({ sequence, arrivalMs }) => (arrivalMs < 0 ? [] : [sequence])));
    }
    expect(reported).toEqual(expected.map((sequence) => sequence & 0xffff));
  });
});
