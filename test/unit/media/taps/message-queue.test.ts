import { describe, expect, it } from 'vitest';
import type { TapMessageHeader } from '../../../../runtime/contract/index.ts';
import { TapMessageQueue, createTapMessage, encodeTapMessage } from '../../../../runtime/media/index.ts';

const header = (timeMs: number): TapMessageHeader => ({
  type: 'opus',
  participantId: 'ada',
  trackId: 'trk_1',
  kind: 'audio',
  timeMs,
});
const message = (timeMs: number, bytes = 10) => createTapMessage(header(timeMs), new Uint8Array(bytes));

function headerOf(bytes: Buffer | undefined): TapMessageHeader | undefined {
  return bytes && (JSON.parse(bytes.toString('utf8', 2, 2 + bytes.readUInt16BE())) as TapMessageHeader);
}

describe('a message of a tap stream', () => {
  it('is the length of its header, the header as JSON and the payload', () => {
    const bytes = encodeTapMessage({ ...header(20), participantId: 'Åsa' }, Uint8Array.of(1, 2, 3));
    const end = 2 + bytes.readUInt16BE();
    expect(JSON.parse(bytes.toString('utf8', 2, end))).toEqual({ ...header(20), participantId: 'Åsa' });
    expect([...bytes.subarray(end)]).toEqual([1, 2, 3]);
  });
});

describe('messages that wait for a client', () => {
  it('leave in order, as they are', () => {
    const queue = new TapMessageQueue();
    const [one, two] = [message(0), message(20)];
    queue.push(one);
    queue.push(two);
    expect(queue.shift()).toBe(one.bytes);
    expect(queue.shift()).toBe(two.bytes);
    expect(queue.shift()).toBeUndefined();
    expect(queue.dropped).toBe(0);
  });

  it('are left out from the oldest on when there are too many bytes, and the next one tells how many', () => {
    const size = message(0).bytes.length;
    const queue = new TapMessageQueue(3 * size + 20);
    for (let index = 0; index < 5; index += 1) {
      queue.push(message(index));
    }
    expect(headerOf(queue.shift())).toEqual({ ...header(2), dropped: 2 });
    expect(headerOf(queue.shift())).toEqual(header(3));
    expect(queue.dropped).toBe(2);
  });

  it('always hold the newest, however large it is', () => {
    const queue = new TapMessageQueue(100);
    queue.push(message(0));
    queue.push(message(1, 1000));
    expect(headerOf(queue.shift())).toMatchObject({ timeMs: 1, dropped: 1 });
  });

  it('stay within their bounds for a client that never catches up', () => {
    const queue = new TapMessageQueue(10 * message(0).bytes.length);
    for (let index = 0; index < 10_000; index += 1) {
      queue.push(message(index));
    }
    expect(headerOf(queue.shift())).toMatchObject({ timeMs: queue.dropped, dropped: queue.dropped });
    let rest = 0;
    while (queue.shift()) {
      rest += 1;
    }
    expect(rest + 1 + queue.dropped).toBe(10_000);
  });
});
