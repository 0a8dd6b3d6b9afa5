import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';
import { UnsettledSpeech } from '../../../../runtime/media/speech/unsettled-speech.ts';

const frame = (timestampMs: number, bytes = 80): EncodedFrame => {
  const data = new Uint8Array(bytes);
  // A CELT frame of 20 ms.
  data[0] = 0xf8;
  return { kind: 'audio', codec: 'opus', key: true, timestampMs, data };
};
const filled = (seconds: number, bytes?: number): UnsettledSpeech => {
  const speech = new UnsettledSpeech(0);
  for (let atMs = 0; atMs < seconds * 1000; atMs += 20) speech.push(frame(atMs, bytes), atMs);
  return speech;
};
const timesOf = (speech: UnsettledSpeech): number[] => [...speech].map((kept) => kept.frame.timestampMs);

describe('what is kept of a speaker for a recogniser that takes over', () => {
  it('is what is not settled, in its order', () => {
    const speech = filled(2);
    speech.settle(1500);
    expect(timesOf(speech)[0]).toBe(1500);
    expect(timesOf(speech).at(-1)).toBe(1980);
    expect(speech.takeLost(false)).toBeNull();
  });

  it('includes the frame in the midst of which it is settled', () => {
    const speech = filled(1);
    speech.settle(510);
    expect(timesOf(speech)[0]).toBe(500);
  });

  it('is never taken back: an older word of what is settled says nothing', () => {
    const speech = filled(2);
    speech.settle(1000);
    speech.settle(400);
    expect(speech.settledMs).toBe(1000);
  });

  it('is half a minute at most, and the rest is known as lost, once', () => {
    const speech = filled(40);
    expect(timesOf(speech)[0]).toBe(9980);
    expect(speech.takeLost(false)).toEqual({ startMs: 0, endMs: 9980 });
    expect(speech.takeLost(false)).toBeNull();
    expect(speech.settledMs).toBe(9980);
  });

  it('is half a megabyte at most', () => {
    const speech = filled(25, 1000);
    expect(timesOf(speech)).toHaveLength(524);
  });

  it('is lost as a whole when nothing of it may be heard again', () => {
    const speech = filled(2);
    speech.settle(1000);
    expect(speech.takeLost(true)).toEqual({ startMs: 1000, endMs: 2000 });
    expect(timesOf(speech)).toEqual([]);
  });
});
