import { describe, expect, it } from 'vitest';
import { hearLevel, type Speaking } from '../../../../runtime/steps/play/barge-in.ts';

/** When levels that come every 20 ms interrupt, in milliseconds from the first; null: never. */
function interruptsAt(levels: readonly number[]): number | null {
  let speaking: Speaking = null;
  for (const [index, level] of levels.entries()) {
    const heard = hearLevel(speaking, level, index * 20);
    speaking = heard.speaking;
    if (heard.interrupts) return index * 20;
  }
  return null;
}

const times = (count: number, level: number): number[] => Array.from({ length: count }, () => level);
const SPEECH = 25;
const NOISE = 70;

describe('somebody who speaks while a voice plays', () => {
  it('interrupts it after a fifth of a second', () => {
    expect(interruptsAt(times(50, SPEECH))).toBe(200);
  });

  it('interrupts it also in syllables, with the short pauses of speech between them', () => {
    const syllable = [...times(5, SPEECH), ...times(3, NOISE)];
    expect(interruptsAt([...syllable, ...syllable, ...syllable])).toBeLessThanOrEqual(300);
  });

  it('does not by a cough, or a key that is struck now and then', () => {
    expect(interruptsAt([...times(7, SPEECH), ...times(50, NOISE)])).toBeNull();
    const key = [...times(2, 20), ...times(8, NOISE)];
    expect(interruptsAt(Array.from({ length: 20 }, () => key).flat())).toBeNull();
  });

  it('does not by the noise of the room', () => {
    expect(interruptsAt(times(500, 51))).toBeNull();
  });

  it('is forgotten when nothing came for a while: a microphone that was muted sends no levels', () => {
    const { speaking } = hearLevel({ sinceMs: 0, lastLoudMs: 150 }, SPEECH, 5000);
    expect(speaking).toEqual({ sinceMs: 5000, lastLoudMs: 5000 });
  });
});
