import { describe, expect, it } from 'vitest';
import { opusPackets } from '../../../runtime/steps/publish/opus-source.ts';

/** A packet of one full-band frame of 20 ms. */
function packet(bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  data[0] = 0xf8;
  return data;
}

describe('Opus packets of a client that publishes', () => {
  it('are passed on as they are, with how long they sound', () => {
    const passed: [number, number][] = [];
    const source = opusPackets((data, durationMs) => passed.push([data.length, durationMs]));
    expect(source.take(packet(1275))).toBeNull();
    expect(passed).toEqual([[1275, 20]]);
  });

  it('are refused when they are none, or larger than what is sent on to anybody', () => {
    const passed: Uint8Array[] = [];
    const source = opusPackets((data) => passed.push(data));
    expect(source.take(Buffer.alloc(0))).toContain('not an Opus packet');
    expect(source.take(packet(1276))).toContain('1275 are the most');
    expect(passed).toEqual([]);
  });
});
