import { describe, expect, it } from 'vitest';
import { MainThreadDecoding } from '../../../../runtime/media/engine/node-av/main-thread-decoding.ts';

const pixels = 1280 * 720;

const taken = (decoding: MainThreadDecoding, pictures: number): number =>
  Array.from({ length: pictures }).filter(() => decoding.takes(pixels)).length;

describe('decoding on the main thread', () => {
  it('takes the pictures of some guests for each picture that is drawn, and leaves those of many to other threads', () => {
    const decoding = new MainThreadDecoding();
    expect(taken(decoding, 4)).toBe(4);
    expect(taken(decoding, 25)).toBe(4);
    decoding.renew(33);
    expect(taken(decoding, 25)).toBe(8);
  });

  it('counts all sources of one drawn picture together', () => {
    const decoding = new MainThreadDecoding();
    decoding.renew(33);
    taken(decoding, 8);
    decoding.renew(33);
    expect(taken(decoding, 1)).toBe(0);
  });

  it('takes nothing larger than all of them', () => {
    expect(new MainThreadDecoding().takes(4096 * 2304)).toBe(false);
  });
});
