import { describe, expect, it } from 'vitest';
import { RecentPackets, TemporalRates } from '../../../runtime/webrtc/receive/index.ts';
import { RtpPacket } from '../../../runtime/webrtc/rtp/packet.ts';

function packetOf(sequenceNumber: number, ssrc = 1): RtpPacket {
  return new RtpPacket(Buffer.alloc(100), Buffer.alloc(88), {
    payloadType: 96,
    marker: false,
    sequenceNumber,
    timestamp: 0,
    ssrc,
    extensionOffset: 0,
    extensionLength: 0,
    extensionProfile: 0,
  });
}

describe('the recent packets of a layer', () => {
  it.each([50, 300, 1000, 4000])('are those of the last two seconds at %i packets a second', (rate) => {
    const recent = new RecentPackets();
    const packets: RtpPacket[] = [];
    const numbers: number[] = [];
    for (let i = 0; i < rate * 5; i++) {
      const packet = packetOf((65_000 + i) & 0xffff);
      packets.push(packet);
      numbers.push(recent.add(packet, (i * 1000) / rate));
    }
    for (let i = packets.length - rate * 2; i < packets.length; i++) {
      expect(recent.at(numbers[i]!)).toBe(packets[i]);
    }
    // Not many more either: who sends little takes little.
    expect(recent.size).toBeLessThanOrEqual(Math.max(64, rate * 4));
  });

  it('are all there after growing, also when one never came', () => {
    const recent = new RecentPackets();
    const numbers = Array.from({ length: 140 }, (_, i) => i).filter((i) => i !== 40);
    const known = numbers.map((i) => recent.add(packetOf(1024 + i), i));
    expect(recent.size).toBeGreaterThan(64);
    expect(known.filter((number) => recent.at(number) === undefined)).toEqual([]);
  });

  it('do not grow without end when packets come all at once', () => {
    const recent = new RecentPackets();
    for (let i = 0; i < 30_000; i++) {
      recent.add(packetOf(i & 0xffff), 5);
    }
    expect(recent.size).toBe(8192);
  });

  it('have numbers that grow across the wrap, late ones too', () => {
    const recent = new RecentPackets();
    expect(recent.add(packetOf(65_535), 0)).toBe(65_535);
    expect(recent.add(packetOf(1), 1)).toBe(65_537);
    expect(recent.has(packetOf(0))).toBe(false);
    expect(recent.add(packetOf(0), 2)).toBe(65_536);
    expect(recent.has(packetOf(0))).toBe(true);
  });

  it('of a stream that begins anew have numbers far from those before', () => {
    const recent = new RecentPackets();
    const before = packetOf(700, 1);
    recent.add(before, 0);
    const number = recent.add(packetOf(690, 2), 1);
    expect(number - 700).toBeGreaterThan(0x8000);
    expect(number & 0xffff).toBe(690);
    expect(recent.at(700)).toBe(before);
  });

  it('make a run from the last key frame on only when none is missing', () => {
    const recent = new RecentPackets();
    expect(recent.keyFrameRun(0)).toBeUndefined();
    recent.add(packetOf(10), 0);
    recent.noteKeyFrame(recent.add(packetOf(11), 20));
    recent.add(packetOf(12), 30);
    expect(recent.keyFrameRun(100)).toEqual({ first: 11, packets: 2, bytes: 200, ageMs: 80 });
    recent.add(packetOf(14), 40);
    expect(recent.keyFrameRun(100)).toBeUndefined();
    recent.add(packetOf(13), 50);
    expect(recent.keyFrameRun(100)).toMatchObject({ first: 11, packets: 4 });
  });
});

describe('the rates of temporal layers', () => {
  it('hold those below them', () => {
    const rates = new TemporalRates();
    for (const temporal of [0, 2, 1, 2]) {
      rates.add(temporal, 1000);
    }
    expect(rates.take(1000)).toEqual([8000, 16_000, 32_000]);
    expect(rates.take(1000)).toEqual([0]);
  });

  it('are one where the codec does not tell of layers', () => {
    const rates = new TemporalRates();
    rates.add(0, 500);
    expect(rates.take(500)).toEqual([8000]);
  });
});
