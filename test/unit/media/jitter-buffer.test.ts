import { describe, expect, it } from 'vitest';
import { createJitterBuffer } from '../../../runtime/media/index.ts';
import type { MediaPacket } from '../../../runtime/media/index.ts';

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const packet = (index: number): MediaPacket => ({
  sequenceNumber: index & 0xffff,
  timestamp: index,
  marker: false,
  payload: new Uint8Array(1),
  ssrc: 1,
});

const open = (maxWaitMs = 100) => {
  const out: number[] = [];
  const losses: number[] = [];
  const buffer = createJitterBuffer({
    maxWaitMs,
    onPacket: (received) => out.push(received.timestamp),
    onLoss: (count) => losses.push(count),
  });
  return { buffer, out, losses };
};

describe('the jitter buffer', () => {
  it('passes packets in order without delay', () => {
    const { buffer, out } = open();
    for (let i = 65_530; i < 65_545; i++) {
      buffer.push(packet(i), i);
      expect(out.at(-1)).toBe(i);
    }
  });

  it('waits for a missing packet and puts it in its place', () => {
    const { buffer, out, losses } = open(100);
    for (const i of [1, 2, 4, 5]) buffer.push(packet(i), i);
    expect(out).toEqual([1, 2]);
    buffer.push(packet(3), 90);
    expect(out).toEqual([1, 2, 3, 4, 5]);
    expect(losses).toEqual([]);
  });

  it('gives a missing packet up after the limit, each gap by its own time', () => {
    const { buffer, out, losses } = open(100);
    buffer.push(packet(1), 0);
    buffer.push(packet(3), 10);
    buffer.push(packet(6), 60);
    buffer.tick(109);
    expect(out).toEqual([1]);
    buffer.tick(110);
    expect(out).toEqual([1, 3]);
    buffer.tick(159);
    expect(out).toEqual([1, 3]);
    buffer.tick(160);
    expect(out).toEqual([1, 3, 6]);
    expect(losses).toEqual([1, 2]);
    buffer.push(packet(2), 170);
    expect(out).toEqual([1, 3, 6]);
    expect(buffer.stats.late).toBe(1);
  });

  it('follows a sender that begins a new sequence far away', () => {
    const { buffer, out, losses } = open();
    buffer.push(packet(100), 0);
    buffer.push(packet(40_000), 10);
    expect(out).toEqual([100]);
    buffer.push(packet(40_001), 20);
    buffer.push(packet(40_002), 30);
    expect(out).toEqual([100, 40_000, 40_001, 40_002]);
    expect(losses.length).toBe(1);
  });

  it('takes no notice of a single stray packet from far away', () => {
    const { buffer, out } = open();
    buffer.push(packet(100), 0);
    buffer.push(packet(30_000), 10);
    buffer.push(packet(101), 20);
    buffer.push(packet(30_001), 25);
    buffer.push(packet(102), 30);
    expect(out).toEqual([100, 101, 102]);
  });

  it.each([1, 2, 3, 4, 5])(
    'keeps strict order under any loss, reordering and duplication, run %d',
    (seed) => {
      const random = seeded(seed * 7919);
      const { buffer, out, losses } = open(80);
      const arrivals: { index: number; atMs: number }[] = [];
      const total = 70_000;
      const lost = new Set<number>();
      for (let index = 0; index < total; index++) {
        const atMs = index * 2;
        if (random() < 0.03) {
          if (random() < 0.5) lost.add(index);
          else arrivals.push({ index, atMs: atMs + 20 + random() * 30 });
        } else {
          arrivals.push({ index, atMs: atMs + random() * 12 });
        }
        if (random() < 0.01 && !lost.has(index)) arrivals.push({ index, atMs: atMs + random() * 200 });
      }
      lost.delete(0);
      arrivals.sort((a, b) => a.atMs - b.atMs);
      const first = arrivals[0]!.index;
      for (const { index, atMs } of arrivals) buffer.push(packet(index), atMs);
      buffer.flush();

      for (let i = 1; i < out.length; i++) expect(out[i]! > out[i - 1]!).toBe(true);
      const due = arrivals.reduce(
        (set, { index }) => (index >= first ? set.add(index) : set),
        new Set<number>(),
      );
      expect(out.length).toBe(due.size);
      const end = out.at(-1)!;
      const missing = [...lost].filter((index) => index > first && index < end).length;
      expect(losses.reduce((sum, count) => sum + count, 0)).toBe(missing);
    },
  );
});
