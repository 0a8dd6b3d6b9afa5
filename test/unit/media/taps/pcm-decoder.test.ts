import { describe, expect, it } from 'vitest';
import { createPcmDecoder, type EncodedFrame, type PcmRate } from '../../../../runtime/media/index.ts';

/** Digital silence of 20 ms, and of 10 ms (RFC 6716 section 3.1: configurations 31 and 30). */
const SILENCE = { 20: Uint8Array.of(0xf8, 0xff, 0xfe), 10: Uint8Array.of(0xf0, 0xff, 0xfe) };

/** Times and lengths of the blocks, in milliseconds. */
async function blocksOf(
  frames: { atMs: number; durationMs?: 10 | 20; data?: Uint8Array }[],
  sampleRate: PcmRate = 16_000,
): Promise<[number, number][]> {
  const blocks: [number, number][] = [];
  const decoder = createPcmDecoder({
    sampleRate,
    onBlock: (samples, timeMs) => {
      blocks.push([timeMs, samples.length / 2 / (sampleRate / 1000)]);
    },
  });
  for (const { atMs, durationMs = 20, data = SILENCE[durationMs] } of frames) {
    const frame: EncodedFrame = { kind: 'audio', codec: 'opus', timestampMs: atMs, key: true, data };
    decoder.push(frame);
  }
  const expected = blocks.length;
  await expect.poll(() => blocks.length).toBeGreaterThan(expected);
  decoder.close();
  return blocks;
}

describe('Opus packets decoded for a tap', () => {
  it('are blocks of 20 ms at the packets’ times, at either rate', async () => {
    const frames = [{ atMs: 100 }, { atMs: 120 }, { atMs: 140 }];
    for (const rate of [16_000, 48_000] as const) {
      expect(await blocksOf(frames, rate)).toEqual([
        [100, 20],
        [120, 20],
        [140, 20],
      ]);
    }
  });

  it('tell a hole by the time of the block behind it, and cut the block before it short', async () => {
    const frames = [{ atMs: 0, durationMs: 10 as const }, { atMs: 10 }, { atMs: 500 }];
    expect(await blocksOf(frames)).toEqual([
      [0, 20],
      [20, 10],
      [500, 20],
    ]);
  });

  it('are not confused by what is no packet', async () => {
    expect(await blocksOf([{ atMs: 0, data: Uint8Array.of() }, { atMs: 20 }])).toEqual([[20, 20]]);
  });
});
