import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { Pacer } from '../../../runtime/webrtc/send/index.ts';
import type { PacketSink } from '../../../runtime/webrtc/send/index.ts';
import { forwarding } from './support/forwarding.ts';

const packetBytes = 1100;
const lastAsked = 560;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(5000);
});

afterEach(() => {
  vi.useRealTimers();
});

/** A camera of 2.5 Mbit/s, and a subscriber behind a pacer that nothing limits. */
function camera() {
  const { deliver, subscribe } = forwarding('vp8');
  let output: PacketSink | undefined;
  const pacer = new Pacer(
    { send: (packet, header, from, to) => output?.send(packet, header, from, to) ?? 0 },
    nowMs,
    () => undefined,
  );
  const { forwarder, sent } = subscribe(true, {
    through: (sink) => {
      output = sink;
      return pacer.lane(false, () => undefined);
    },
  });
  let count = 0;
  let due = 0;
  /** Runs for so long in steps of 16 ms. */
  const run = (ms: number, each: () => void) => {
    for (let elapsedMs = 0; elapsedMs < ms; elapsedMs += 16) {
      vi.advanceTimersByTime(16);
      for (due += (2_500_000 * 0.016) / 8 / packetBytes; due >= 1; due--) {
        const payload = Buffer.alloc(packetBytes);
        payload.set(count === 0 ? [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a] : [0x10, 0x11]);
        deliver({ sequence: count, timestamp: count * 3000, payload, marker: true });
        count++;
      }
      each();
    }
  };
  const bytes = (again: boolean) =>
    sent
      .filter(({ repeats }) => (repeats !== undefined) === again)
      .reduce((sum, { packet }) => sum + packet.data.length, 0);
  return { forwarder, sent, pacer, run, bytes };
}

describe('what is asked for again', () => {
  it('costs no more than was sent, however much and often it is asked for', () => {
    const { forwarder, sent, pacer, run, bytes } = camera();
    run(2000, () => undefined);
    const mediaBefore = bytes(false);
    run(5000, () => {
      const newest = sent.findLast(({ repeats }) => repeats === undefined)!.packet.sequenceNumber;
      for (let i = 0; i < lastAsked; i++) {
        forwarder.resend((newest - i) & 0xffff, 0);
      }
    });
    const media = bytes(false) - mediaBefore;
    // At most that, the 50 kB a second that quiet streams may have, and the second before.
    expect(bytes(true)).toBeLessThan(media * 1.2 + 6 * 50_000 + 70_000);
    expect(pacer.stats.refused).toBeGreaterThan(1000);
    const numbers = sent.filter(({ repeats }) => repeats !== undefined);
    const rtx = numbers.map(({ packet }) => packet.sequenceNumber);
    expect(rtx.every((number, i) => i === 0 || number === ((rtx[i - 1]! + 1) & 0xffff))).toBe(true);
  });

  it('is sent where half of all packets are lost, all of it', () => {
    const { forwarder, sent, pacer, run } = camera();
    const lost: { sequence: number; askMs: number }[] = [];
    let seen = 0;
    run(5000, () => {
      for (; seen < sent.length; seen++) {
        const { packet, repeats } = sent[seen]!;
        const sequence = repeats ?? packet.sequenceNumber;
        if (seen % 2 === 0) {
          lost.push({ sequence, askMs: nowMs() + 60 });
        }
      }
      while (lost[0] !== undefined && lost[0].askMs <= nowMs()) {
        forwarder.resend(lost.shift()!.sequence, 50);
      }
    });
    const arrived = new Set(
      sent.filter((_, i) => i % 2 === 1).map(({ packet, repeats }) => repeats ?? packet.sequenceNumber),
    );
    const { sequenceNumber: first } = sent[0]!.packet;
    expect(pacer.stats.refused).toBe(0);
    expect(
      Array.from({ length: 1200 }, (_, i) => (first + i) & 0xffff).filter((n) => !arrived.has(n)),
    ).toEqual([]);
  });

  it('is sent ten times at most, and once in 80 ms while the round trip is not known', () => {
    const { forwarder, sent, run } = camera();
    run(500, () => undefined);
    const { sequenceNumber } = sent[20]!.packet;
    const timesMs: number[] = [];
    run(1900, () => {
      const { length } = sent;
      forwarder.resend(sequenceNumber, 0);
      if (sent.length > length) {
        timesMs.push(nowMs());
      }
    });
    expect(timesMs).toHaveLength(10);
    expect(Math.min(...timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i]!))).toBeGreaterThanOrEqual(80);
  });
});
