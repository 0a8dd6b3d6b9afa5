import { describe, expect, it } from 'vitest';
import { loadCodecEngine } from '../../../../runtime/media/engine/index.ts';
import { encodeAudioClip } from '../../../support/runtime/index.ts';

/** A tone of 440 Hz at an eighth of full scale, as stereo packets of 20 ms. */
const packets = (await encodeAudioClip(1)).frames.map(({ data }) => data);
const packet = (index: number): Uint8Array => packets[index] ?? new Uint8Array(0);

const differences = (one: Float32Array, other: Float32Array): number =>
  Math.sqrt(one.reduce((sum, value, index) => sum + (value - (other[index] ?? 0)) ** 2, 0) / one.length);

describe.each(['node-av', 'ffmpeg'] as const)('sound decoded with the engine %s', async (name) => {
  const engine = await loadCodecEngine(name);

  it('has the 20 ms of each packet, on both sides', async () => {
    const decoder = await engine.openSoundDecoder();
    for (const data of packets.slice(0, 20)) decoder.decode(data);
    const { left, right } = decoder.decode(packet(20));
    expect(left).toHaveLength(960);
    expect(left).toEqual(right);
    expect(Math.max(...left)).toBeGreaterThan(0.08);
    decoder.close();
  });

  it('has a guess for a lost packet so that neither it nor what follows is heard to be one', async () => {
    const whole = await engine.openSoundDecoder();
    const lossy = await engine.openSoundDecoder();
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

  it('is nothing where there is no packet', async () => {
    const decoder = await engine.openSoundDecoder();
    expect(decoder.decode(new Uint8Array(0)).left).toHaveLength(0);
    expect(decoder.conceal().left).toHaveLength(0);
    decoder.close();
  });
});
