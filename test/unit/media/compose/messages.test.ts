import { describe, expect, it } from 'vitest';
import {
  MessageReader,
  writeControl,
  writeFrameHeader,
  type FromChild,
} from '../../../../runtime/media/compose/messages.ts';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';

const sent: EncodedFrame = {
  kind: 'video',
  codec: 'vp9',
  timestampMs: 1234.5,
  key: true,
  data: Buffer.from('a whole frame'),
  width: 1280,
  height: 720,
};
const sound: EncodedFrame = {
  kind: 'audio',
  codec: 'aac',
  timestampMs: 20,
  key: true,
  data: Buffer.alloc(0),
};

const read = (bytes: Buffer, chunkBytes: number) => {
  const seen: unknown[] = [];
  const reader = new MessageReader<FromChild>(
    (message) => seen.push(message),
    (stream, frame) => seen.push({ stream, frame }),
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  return seen;
};

describe('messages between a compositor and its child', () => {
  const bytes = Buffer.concat([
    ...[writeFrameHeader(7, sent), sent.data],
    writeControl({ type: 'started', engine: 'node-av' }),
    ...[writeFrameHeader(65_535, sound), sound.data],
  ]);

  it.each([1, 3, 20, 1000])(
    'arrive in order and whole when the pipe cuts them every %i bytes',
    (chunkBytes) => {
      expect(read(bytes, chunkBytes)).toEqual([
        { stream: 7, frame: sent },
        { type: 'started', engine: 'node-av' },
        { stream: 65_535, frame: sound },
      ]);
    },
  );

  it('carry a picture whatever size it says it has', () => {
    const huge = { ...sent, width: 1_000_000, height: 16 };
    expect(read(Buffer.concat([writeFrameHeader(7, huge), huge.data]), 1000)).toEqual([
      { stream: 7, frame: { ...huge, width: 65_535 } },
    ]);
  });
});
