import { describe, expect, it } from 'vitest';
import { noExtensions } from '../../../runtime/webrtc/rtp/header-extensions.ts';
import { Pacer, newOutgoingHeader } from '../../../runtime/webrtc/send/index.ts';
import { packetOf } from './support/simulated-call.ts';

/** A pacer whose clock is ours, and what left it when. */
function pacing(estimateBps: number) {
  const sent: { sequence: number; atMs: number }[] = [];
  const clock = { nowMs: 1000 };
  let waits = 0;
  const pacer = new Pacer(
    {
      send: (packet, header) => {
        sent.push({ sequence: header.sequence, atMs: clock.nowMs });
        return packet.data.length;
      },
    },
    () => clock.nowMs,
    () => {
      waits++;
    },
  );
  pacer.setEstimate(estimateBps);
  const header = newOutgoingHeader();
  const send = (lane: ReturnType<Pacer['lane']>, sequence: number, originalSequence = -1) => {
    header.sequence = sequence;
    header.originalSequence = originalSequence;
    header.order = originalSequence >= 0 ? 'again' : 'next';
    lane.send(packetOf(1000), header, noExtensions, noExtensions);
  };
  const runMs = (ms: number) => {
    for (const endMs = clock.nowMs + ms; clock.nowMs < endMs;) {
      clock.nowMs += 5;
      pacer.flush(clock.nowMs);
    }
  };
  return { pacer, sent, clock, send, runMs, waits: () => waits };
}

const video = (pacer: Pacer, onDropped: (from: number) => void = () => undefined) =>
  pacer.lane(false, onDropped);

describe('the pace of sending', () => {
  it('holds nothing back while nothing limits the path', () => {
    const { pacer, sent, send } = pacing(Infinity);
    const lane = video(pacer);
    for (let i = 0; i < 500; i++) {
      send(lane, i);
    }
    expect(sent).toHaveLength(500);
    expect(pacer.stats.queued).toBe(0);
    expect(pacer.isWaiting).toBe(false);
  });

  it('lets a usual picture through at once', () => {
    const { pacer, sent, send, clock } = pacing(1_000_000);
    const lane = video(pacer);
    for (let picture = 0; picture < 30; picture++) {
      for (let i = 0; i < 4; i++) {
        send(lane, picture * 4 + i);
      }
      clock.nowMs += 33;
    }
    expect(sent).toHaveLength(120);
    expect(pacer.stats.queued).toBe(0);
  });

  it('spreads a key frame of 60 packets at 2.5 times the estimate, in order', () => {
    const { pacer, sent, send, runMs, waits } = pacing(2_000_000);
    const lane = video(pacer);
    for (let i = 0; i < 60; i++) {
      send(lane, i);
    }
    expect(sent.length).toBeLessThan(10);
    expect(waits()).toBe(1);
    runMs(200);
    expect(sent.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    // 60 kB at 5 Mbit/s.
    const tookMs = (sent.at(-1)?.atMs ?? 0) - 1000;
    expect(tookMs).toBeGreaterThan(75);
    expect(tookMs).toBeLessThan(110);
    expect(pacer.isWaiting).toBe(false);
  });

  it('sends sound at once, and what was asked for again before video that waits', () => {
    const { pacer, sent, send, runMs } = pacing(500_000);
    const lane = video(pacer);
    const sound = pacer.lane(true, () => undefined);
    for (let i = 0; i < 20; i++) {
      send(lane, i);
    }
    const atOnce = sent.length;
    send(sound, 1000);
    expect(sent.at(-1)?.sequence).toBe(1000);
    send(lane, 2000, 3);
    runMs(20);
    expect(sent[atOnce + 1]?.sequence).toBe(2000);
  });

  it('sends what is asked for again while it waits only once', () => {
    const { pacer, sent, send, runMs } = pacing(300_000);
    const lane = video(pacer);
    for (let i = 0; i < 10; i++) {
      send(lane, i);
    }
    const atOnce = sent.length;
    for (let i = 0; i < 5; i++) {
      send(lane, 2000 + i, 3);
      send(lane, 3000 + i, 4);
    }
    runMs(30);
    expect(sent.slice(atOnce, atOnce + 3).map(({ sequence }) => sequence)).toEqual([2000, 3000, atOnce]);
  });

  it('drops a stream that waited too long to its next key frame, and says from which number on', () => {
    const { pacer, sent, send, runMs } = pacing(100_000);
    const dropped: number[] = [];
    const lane = video(pacer, (from) => dropped.push(from));
    for (let i = 0; i < 60; i++) {
      send(lane, (65_530 + i) & 0xffff);
    }
    runMs(600);
    expect(dropped).toEqual([(65_530 + sent.length) & 0xffff]);
    expect(pacer.stats).toMatchObject({ drops: 1, dropped: 60 - sent.length });
    expect(pacer.isWaiting).toBe(false);
    // The key frame that follows is let through, however long it takes.
    for (let i = 0; i < 30; i++) {
      send(lane, i);
    }
    runMs(1000);
    expect(dropped).toHaveLength(1);
  });

  it('keeps other streams when it drops one', () => {
    const { pacer, sent, send, runMs } = pacing(300_000);
    const dropped: string[] = [];
    const slow = video(pacer, () => dropped.push('slow'));
    const other = video(pacer, () => dropped.push('other'));
    for (let i = 0; i < 60; i++) {
      send(slow, i);
    }
    runMs(400);
    send(other, 7000);
    runMs(200);
    expect(dropped).toEqual(['slow']);
    expect(sent.at(-1)?.sequence).toBe(7000);
  });

  it('never holds more than 1024 packets', () => {
    const { pacer, sent, send } = pacing(100_000);
    const lane = video(pacer);
    for (let i = 0; i < 5000; i++) {
      send(lane, i);
    }
    expect(pacer.stats.queued - pacer.stats.dropped).toBeLessThanOrEqual(1024);
    expect(sent.length + pacer.stats.dropped).toBeGreaterThan(3000);
  });

  it('lets everything go, in order, once nothing limits the path any more', () => {
    const { pacer, sent, send } = pacing(300_000);
    const lane = video(pacer);
    for (let i = 0; i < 40; i++) {
      send(lane, i);
    }
    pacer.setEstimate(Infinity);
    send(lane, 40);
    expect(sent.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, i) => i));
  });

  it('sends nothing more of a stream that ended, also not what waits, and everything of others', () => {
    const { pacer, sent, send, runMs } = pacing(300_000);
    const dropped: number[] = [];
    const ended = video(pacer, (from) => dropped.push(from));
    const other = video(pacer);
    for (let i = 0; i < 30; i++) {
      send(ended, i);
      send(other, 7000 + i);
    }
    send(ended, 2000, 0);
    const before = sent.length;
    ended.close();
    send(ended, 30);
    runMs(450);
    send(ended, 31);
    runMs(1000);
    expect(sent.slice(before).every(({ sequence }) => sequence >= 7000)).toBe(true);
    expect(sent.filter(({ sequence }) => sequence >= 7000)).toHaveLength(30);
    expect(dropped).toEqual([]);
    expect(pacer.isWaiting).toBe(false);
  });
});
