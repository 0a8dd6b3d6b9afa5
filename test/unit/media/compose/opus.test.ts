import { describe, expect, it } from 'vitest';
import { openOpusDecoder } from '../../../../runtime/media/compose/mixer/opus.ts';
import { encodeAudioClip } from '../../../support/runtime/index.ts';

/** A tone of 440 Hz at an eighth of full scale, as stereo packets of 20 ms. */
const packets = (await encodeAudioClip(1)).frames.map(({ data }) => data);
const packet = (index: number): Uint8Array => packets[index] ?? new Uint8Array(0);

const differences = (one: Float32Array, other: Float32Array): number =>
  Math.sqrt(one.reduce((sum, value, index) => sum + (value - (other[index] ?? 0)) ** 2, 0) / one.length);

describe('openOpusDecoder', () => {
  it('decodes each packet to its 20 ms, on both sides', async () => {
    const decoder = await openOpusDecoder();
    const { left, right } = packets.map((data) => decoder.decode(data)).at(20) ?? decoder.conceal();
    expect(left).toHaveLength(960);
    expect(left).toEqual(right);
    expect(Math.max(...left)).toBeGreaterThan(0.08);
    decoder.close();
  });

  it('guesses a lost packet so that neither it nor what follows is heard to be one', async () => {
    const whole = await openOpusDecoder();
    const lossy = await openOpusDecoder();
    for (let index = 0; index < 30; index++) {
      const expected = whole.decode(packet(index)).left;
      const heard = index === 20 ? lossy.conceal().left : lossy.decode(packet(index)).left;
      expect(heard).toHaveLength(960);
      // The tone's own level is 0.09: the error stays 20 dB below it.
      expect(differences(heard, expected)).toBeLessThan(0.009);
    }
    whole.close();
    lossy.close();
  });

  it('makes nothing of what is no packet', async () => {
    const decoder = await openOpusDecoder();
    expect(decoder.decode(new Uint8Array(0)).left).toHaveLength(0);
    expect(decoder.conceal().left).toHaveLength(0);
    decoder.close();
  });
});
