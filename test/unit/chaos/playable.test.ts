import { describe, expect, it } from 'vitest';
import { sentMeanwhileMs } from '../../chaos/oracles/index.ts';

const at = (ms: number): string => new Date(ms).toISOString();
/** A moment each 20 ms, from second 10 to second 20. */
const sent = Array.from({ length: 501 }, (_none, index) => ({ atMs: 10_000 + index * 20 }));

describe('the span of what was sent to a recording', () => {
  it('is all of it when the recording was there before and after', () => {
    expect(sentMeanwhileMs(sent, { start: at(9000), end: at(21_000) })).toBe(10_000);
  });

  it('is what was sent while the recording was there', () => {
    expect(sentMeanwhileMs(sent, { start: at(12_000), end: at(13_000) })).toBe(1000);
  });

  it('is all from its start on when the recording has no end', () => {
    expect(sentMeanwhileMs(sent, { start: at(19_500), end: null })).toBe(500);
  });

  it('is nothing when the recording was stopped before anything was sent', () => {
    expect(sentMeanwhileMs(sent, { start: at(9000), end: at(9900) })).toBe(0);
  });

  it('does not depend on the order in which senders are looked at', () => {
    const reversed = sent.toReversed();
    expect(sentMeanwhileMs(reversed, { start: at(12_000), end: at(13_000) })).toBe(1000);
  });
});
