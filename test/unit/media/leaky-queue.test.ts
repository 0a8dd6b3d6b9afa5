import { describe, expect, it } from 'vitest';
import type { FlvPacket } from '../../../runtime/media/flv/index.ts';
import { GroupCache } from '../../../runtime/media/rtmp/group-cache.ts';
import { LeakyQueue } from '../../../runtime/media/rtmp/leaky-queue.ts';

const configuration = { opening: new Uint8Array(0), change: new Uint8Array(0) };
const picture = (timestampMs: number, key = false, bytes = 100): FlvPacket => ({
  kind: 'video',
  key,
  timestampMs,
  data: new Uint8Array(bytes),
  configuration,
});

/** Pictures at 10 a second with a key frame each second. */
const pictures = (fromMs: number, toMs: number): FlvPacket[] =>
  Array.from({ length: (toMs - fromMs) / 100 }, (_, index) => {
    const timestampMs = fromMs + index * 100;
    return picture(timestampMs, timestampMs % 1000 === 0);
  });

const drain = (queue: LeakyQueue): FlvPacket[] => {
  const packets: FlvPacket[] = [];
  for (let packet = queue.shift(); packet !== undefined; packet = queue.shift()) {
    packets.push(packet);
  }
  return packets;
};

describe('the queue of a slow destination', () => {
  it('hands on everything, in order, while the destination keeps up', () => {
    const queue = new LeakyQueue();
    const sent = pictures(0, 60_000);
    const received = sent.flatMap((packet) => {
      queue.push(packet);
      return drain(queue);
    });
    expect(received).toEqual(sent);
    expect(queue.dropped).toBe(0);
  });

  it('drops whole groups of pictures, the oldest first, and counts them', () => {
    const queue = new LeakyQueue();
    const sent = pictures(0, 10_000);
    for (const packet of sent) {
      queue.push(packet);
    }
    const left = drain(queue);
    expect(left[0]).toMatchObject({ key: true });
    expect(left.at(-1)).toBe(sent.at(-1));
    expect(left).toEqual(sent.slice(-left.length));
    expect(queue.dropped).toBe(sent.length - left.length);
  });

  it('goes on at the next key frame when one group alone is too long', () => {
    const queue = new LeakyQueue();
    queue.push(picture(0, true));
    for (let at = 100; at <= 4000; at += 100) {
      queue.push(picture(at));
    }
    expect(drain(queue)).toEqual([]);
    expect(queue.waitsForKey).toBe(true);
    expect(queue.dropped).toBe(41);
    queue.push(picture(4100, true));
    expect(drain(queue)).toMatchObject([{ timestampMs: 4100 }]);
  });

  it('is bounded in bytes too', () => {
    const queue = new LeakyQueue();
    let heaviest = 0;
    for (let at = 0; at < 3000; at += 10) {
      queue.push(picture(at, at % 1000 === 0, 1_000_000));
      heaviest = Math.max(heaviest, at / 10 + 1 - queue.dropped);
    }
    expect(heaviest).toBeLessThanOrEqual(17);
  });

  it('begins another connection with a key frame', () => {
    const queue = new LeakyQueue();
    queue.beginWith([]);
    queue.push(picture(0));
    queue.push(picture(100, true));
    expect(drain(queue)).toMatchObject([{ timestampMs: 100 }]);
    queue.beginWith([picture(200, true), picture(300)]);
    expect(drain(queue)).toMatchObject([{ timestampMs: 200 }, { timestampMs: 300 }]);
  });
});

describe('the newest group of pictures', () => {
  it('is the stream since the last key frame', () => {
    const cache = new GroupCache();
    const sent = pictures(0, 5500);
    for (const packet of sent) {
      cache.push(packet);
    }
    expect(cache.packets).toEqual(sent.slice(-5));
  });

  it('is empty where the last key frame is too long ago to begin with', () => {
    const cache = new GroupCache();
    cache.push(picture(0, true));
    for (let at = 100; at <= 5000; at += 100) {
      cache.push(picture(at));
    }
    expect(cache.packets).toEqual([]);
  });
});
