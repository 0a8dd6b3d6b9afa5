import { describe, expect, it } from 'vitest';
import { PictureEncoders } from '../../../../runtime/media/compose/picture-encoders.ts';
import type {
  EncoderCanvas,
  CodecEngine,
  PictureEncoderOptions,
} from '../../../../runtime/media/engine/index.ts';

const canvas: EncoderCanvas = {
  ...{ width: 2, height: 2, yStride: 2, uStride: 1, vStride: 1 },
  ...{ y: Buffer.alloc(4), u: Buffer.alloc(1), v: Buffer.alloc(1) },
  beginAnew: () => undefined,
};

/** The slots at which key frames are forced, by the height of the encoder's pictures. */
const opened = (): { encoders: PictureEncoders; keys: Map<number, number[]> } => {
  const keys = new Map<number, number[]>();
  const engine: Pick<CodecEngine, 'openPictureEncoder'> = {
    openPictureEncoder(_canvas: EncoderCanvas, { height }: PictureEncoderOptions) {
      const forced: number[] = [];
      keys.set(height, forced);
      return Promise.resolve({
        encode(slot, forceKeyFrame) {
          if (forceKeyFrame) forced.push(slot);
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      });
    },
  };
  const encoders = new PictureEncoders(engine, canvas, {
    onFrame: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  return { encoders, keys };
};
const profile = (height: number) => ({
  ...{ codec: 'h264' as const, width: 1280, height },
  ...{ bitrateBps: 1_000_000, keyFrameIntervalMs: 2000 },
});

describe('the encoders over one picture', () => {
  it('have their key frames in the same slots, whenever they were opened and whoever was asked for one between', async () => {
    const { encoders, keys } = opened();
    await encoders.open(0, profile(720));
    for (let slot = 47; slot < 95; slot++) await encoders.encode(slot);
    await encoders.open(1, profile(480));
    for (let slot = 95; slot < 200; slot++) {
      if (slot === 130) encoders.requestKeyFrame(0);
      await encoders.encode(slot);
    }
    expect(keys.get(720)).toEqual([47, 60, 120, 130, 180]);
    expect(keys.get(480)).toEqual([95, 120, 180]);
  });

  it('have a key frame right after its slot when that was left out', async () => {
    const { encoders, keys } = opened();
    await encoders.open(0, profile(720));
    for (const slot of [58, 59, 63, 64, 119, 120, 121]) await encoders.encode(slot);
    expect(keys.get(720)).toEqual([58, 63, 120]);
  });
});
