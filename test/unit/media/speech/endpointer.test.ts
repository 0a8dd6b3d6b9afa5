import { describe, expect, it } from 'vitest';
import { Endpointer, type Turn } from '../../../../runtime/media/speech/endpointer.ts';

const BLOCK_MS = 20;
/** For how long the voice detector is known to hear a voice after its end. */
const HANGOVER_MS = 80;

const create = (options: Partial<ConstructorParameters<typeof Endpointer>[0]> = {}): Endpointer =>
  new Endpointer({ pauseMs: 500, minUtteranceMs: 120, maxUtteranceMs: 20_000, ...options });

/** Utterances in what a detector says: `#` for voice, `.` for none, 20 ms each; a number repeats what is before it. */
function utterancesIn(pattern: string, endpointer = create()): { startMs: number; endMs: number }[] {
  const blocks = pattern.replaceAll(/([#.])(\d+)/g, (_, block: string, count: string) =>
    block.repeat(Number(count)),
  );
  const found: { startMs: number; endMs: number }[] = [];
  Array.from(blocks).forEach((block, index) => {
    const turn: Turn = endpointer.next(block === '#', index * BLOCK_MS, BLOCK_MS);
    if (turn === 'end' && endpointer.isUtterance) {
      found.push({ startMs: endpointer.startMs, endMs: endpointer.endMs });
    }
  });
  return found;
}

describe('an utterance', () => {
  it('begins with its first voice and ends where the voice did, once silence has lasted for the pause', () => {
    expect(utterancesIn('.50#50.30')).toEqual([{ startMs: 1000, endMs: 2000 - HANGOVER_MS }]);
    expect(utterancesIn('.50#50.20')).toEqual([]);
  });

  it('goes on through a shorter pause', () => {
    expect(utterancesIn('#50.15#50.30')).toEqual([{ startMs: 0, endMs: 2300 - HANGOVER_MS }]);
    expect(utterancesIn('#50.30#50.30')).toHaveLength(2);
  });

  it('is none when it is a click, or as short as a cough', () => {
    expect(utterancesIn('.50#1.50#2.50')).toEqual([]);
    expect(utterancesIn('.50#7.50')).toEqual([]);
    expect(utterancesIn('.50#12.50')).toHaveLength(1);
  });

  it('is found when the voice flickers at its beginning', () => {
    expect(utterancesIn('.50#1.1#1.1#40.30')).toEqual([{ startMs: 1000, endMs: 1880 - HANGOVER_MS }]);
  });

  it('is cut at a breath in its second half, and where there is none, at its greatest length', () => {
    const endpointer = create({ maxUtteranceMs: 4000 });
    const [first] = utterancesIn('#120.11#100.40', endpointer);
    expect(first).toEqual({ startMs: 0, endMs: 2400 - HANGOVER_MS });
    const [whole, rest] = utterancesIn('#300.40', create({ maxUtteranceMs: 4000 }));
    expect(whole).toEqual({ startMs: 0, endMs: 4000 - HANGOVER_MS });
    expect(rest?.startMs).toBe(4000);
  });

  it('is over when it is said that no sound comes any more', () => {
    const endpointer = create();
    utterancesIn('#50', endpointer);
    expect(endpointer.speaking).toBe(true);
    endpointer.finish();
    expect(endpointer.speaking).toBe(false);
    expect([endpointer.startMs, endpointer.endMs]).toEqual([0, 1000 - HANGOVER_MS]);
  });
});
