import { describe, expect, it } from 'vitest';
import { beatSamplesOf, untilSendingMs } from '../../../../runtime/media/compose/beat.ts';

describe('the beat of a composition', () => {
  it('is a picture with the sound of its time, or some frames of sound alone', () => {
    expect(beatSamplesOf({ width: 1280, height: 720 })).toBe(1600);
    expect(beatSamplesOf(null)).toBe(6144);
  });
});

describe('what a composition is sent', () => {
  it('waits for more until shortly before its next beat', () => {
    expect(untilSendingMs(0, 32)).toBe(28);
    expect(untilSendingMs(20, 32)).toBe(8);
    expect(untilSendingMs(3 * 32 + 20, 32)).toBe(8);
  });

  it('waits for the beat after that when there is no time left', () => {
    expect(untilSendingMs(28, 32)).toBe(32);
    expect(untilSendingMs(30, 32)).toBe(30);
  });

  it('is counted alike before the first beat', () => {
    expect(untilSendingMs(-12, 32)).toBe(8);
    expect(untilSendingMs(-5 * 32 - 12, 32)).toBe(8);
  });
});
