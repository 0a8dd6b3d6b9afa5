import { createServer, Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameWriter } from '../../../../runtime/media/compose/frame-writer.ts';
import { MessageReader } from '../../../../runtime/media/compose/messages.ts';
import type { ToChild } from '../../../../runtime/media/compose/messages.ts';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';

const sound = (timestampMs: number): EncodedFrame => ({
  kind: 'audio',
  codec: 'opus',
  timestampMs,
  key: true,
  data: Buffer.of(timestampMs),
});

describe('frames on their way between a compositor and its child', () => {
  let stack: AsyncDisposableStack;
  let pipe: Socket;
  let chunks: number;
  let read: (number | string)[];
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    chunks = 0;
    read = [];
    const reader = new MessageReader<ToChild>(
      ({ type }) => read.push(type),
      (_stream, { timestampMs }) => read.push(timestampMs),
    );
    const server = createServer((socket) => {
      stack.defer(() => void socket.destroy());
      socket.on('data', (chunk) => {
        chunks += 1;
        reader.push(chunk);
      });
    }).listen(0, '127.0.0.1');
    stack.defer(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
    pipe = new Socket();
    stack.defer(() => void pipe.destroy());
    pipe.connect(address.port, '127.0.0.1');
    await once(pipe, 'connect');
  });
  afterEach(() => stack.disposeAsync());

  it('go together, all at once, within the time that one may wait', async () => {
    const writer = new FrameWriter(pipe, () => 15);
    for (let frame = 1; frame <= 8; frame++) writer.send(0, sound(frame));
    expect(writer.queuedBytes).toBeGreaterThan(0);
    await vi.waitFor(() => {
      expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });
    expect(chunks).toBe(1);
  });

  it('stay in order with messages, which wait for nothing', async () => {
    const writer = new FrameWriter(pipe, () => 60_000);
    writer.send(0, sound(1));
    writer.tell({ type: 'key-frame', encoder: 0 });
    writer.send(0, sound(2));
    writer.flush();
    await vi.waitFor(() => {
      expect(read).toEqual([1, 'key-frame', 2]);
    });
  });

  it('are let go of with the pipe', () => {
    const writer = new FrameWriter(pipe, () => 60_000);
    writer.send(0, sound(1));
    pipe.destroy();
    writer.close();
    writer.send(0, sound(2));
    writer.tell({ type: 'end' });
    expect(read).toEqual([]);
  });
});
