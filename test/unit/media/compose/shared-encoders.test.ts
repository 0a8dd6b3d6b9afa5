import { beforeEach, describe, expect, it } from 'vitest';
import type { ToChild } from '../../../../runtime/media/compose/messages.ts';
import { SharedEncoders } from '../../../../runtime/media/compose/shared-encoders.ts';
import type { EncodedFrame, OutputProfile } from '../../../../runtime/media/index.ts';

const profile = (height: number): OutputProfile => ({
  video: { codec: 'h264', width: 1280, height, bitrateBps: 2_500_000, keyFrameIntervalMs: 2000 },
  audio: { codec: 'aac', bitrateBps: 128_000 },
});
const picture = (key: boolean): EncodedFrame => ({
  kind: 'video',
  codec: 'h264',
  timestampMs: 0,
  key,
  data: Buffer.alloc(1),
});

describe('the encoders of a composition', () => {
  let told: ToChild[];
  let encoders: SharedEncoders;
  const types = (): string[] => told.map(({ type }) => type);
  beforeEach(() => {
    told = [];
    encoders = new SharedEncoders((message) => told.push(message));
  });

  it('are one for each profile of pictures and of sound', () => {
    for (const height of [720, 720, 480]) encoders.add(profile(height), () => undefined);
    expect(types().filter((type) => type.startsWith('open'))).toEqual([
      'open-pictures',
      'open-sound',
      'open-pictures',
    ]);
  });

  it('are asked for a key frame by a later output, which is given nothing before it', () => {
    const received: EncodedFrame[] = [];
    encoders.add(profile(720), () => undefined);
    encoders.add(profile(720), (frame) => received.push(frame));
    expect(types()).toContain('key-frame');
    encoders.deliver(0, picture(false));
    expect(received).toEqual([]);
    encoders.deliver(0, picture(true));
    encoders.deliver(0, picture(false));
    expect(received).toHaveLength(2);
  });

  it('are closed with their last output, once', () => {
    const [first, second] = [720, 720].map((height) => encoders.add(profile(height), () => undefined));
    first?.close();
    first?.close();
    expect(types()).not.toContain('close-encoder');
    second?.close();
    second?.close();
    expect(types().filter((type) => type === 'close-encoder')).toHaveLength(2);
  });

  it('are opened again under their numbers in another child', () => {
    encoders.add(profile(720), () => undefined);
    const opened = [...told];
    told.length = 0;
    encoders.reopen();
    expect(told).toEqual(opened);
  });
});
