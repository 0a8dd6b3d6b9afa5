import { describe, expect, it } from 'vitest';
import { PlayQueue } from '../../../../runtime/graph/plays/play-queue.ts';

function queueOf(...ids: string[]): PlayQueue {
  const queue = new PlayQueue();
  for (const id of ids) queue.add(id);
  return queue;
}

describe('what a participant is to play', () => {
  it('is played in the order it was asked for, one at a time', () => {
    const queue = queueOf('a', 'b', 'c');
    expect([queue.next(), queue.next()]).toEqual(['a', null]);
    queue.remove('a');
    expect(queue.next()).toBe('b');
    queue.remove('b');
    expect(queue.next()).toBe('c');
    queue.remove('c');
    expect([queue.next(), queue.isEmpty]).toEqual([null, true]);
  });

  it('leaves out what was taken back while it waited', () => {
    const queue = queueOf('a', 'b', 'c');
    queue.next();
    queue.remove('b');
    queue.remove('a');
    expect(queue.next()).toBe('c');
  });

  it('is dropped as far as it waits, and what plays is not', () => {
    const queue = queueOf('a', 'b', 'c');
    queue.next();
    expect(queue.clear()).toEqual(['b', 'c']);
    expect({ playing: queue.playing, waiting: queue.waiting }).toEqual({ playing: 'a', waiting: [] });
  });
});
