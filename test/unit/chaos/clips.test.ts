import { describe, expect, it } from 'vitest';
import { continuedAt } from '../../chaos/clips.ts';

const clip = {
  codec: 'vp8' as const,
  frameMs: 40,
  frames: [0, 1, 2, 3, 4, 5].map((number) => ({ data: Uint8Array.of(number), isKey: number % 3 === 0 })),
};
const numbers = (frame: number): number[] => continuedAt(clip, frame).frames.map(({ data }) => data[0] ?? -1);

describe('a clip that is sent on by a connection that comes after another', () => {
  it('begins with the first key frame that was not sent yet', () => {
    expect(numbers(0)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(numbers(2)).toEqual([3, 4, 5, 0, 1, 2]);
  });

  it('begins again when all of it was sent', () => {
    expect(numbers(4)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(numbers(6)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
