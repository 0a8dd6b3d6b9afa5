import { describe, expect, it } from 'vitest';
import {
  defectsOf,
  figuresOf,
  isAsPromised,
  nothingFound,
  type Findings,
  type RunResult,
} from '../../chaos/figures.ts';

const result = (run: number, findings: Partial<Findings> = {}): RunResult => ({
  run,
  killed: ['worker', 'control'],
  findings: { ...nothingFound(), ...findings },
  recoveryMs: [1200],
});

describe('the figures of all runs', () => {
  it('add up what each run has found, and take the worst of what is missing', () => {
    const results = [
      result(1, { missingMs: 120 }),
      result(2, { missingMs: 680.4, eventsLost: ['a', 'b'], orphans: ['c'] }),
    ];
    expect(figuresOf(results)).toEqual({
      runs: 2,
      kills: 4,
      eventsLost: 2,
      eventsDoubled: 0,
      unplayable: 0,
      maxMissingMs: 680,
      wrongStates: 0,
      orphans: 1,
    });
  });

  it('are as promised with nothing found and a second missing at most', () => {
    expect(isAsPromised(figuresOf([result(1, { missingMs: 1000 })]))).toBe(true);
    expect(isAsPromised(figuresOf([result(1, { missingMs: 1001 })]))).toBe(false);
    expect(isAsPromised(figuresOf([result(1, { wrongStates: ['step is running'] })]))).toBe(false);
  });

  it('are told defect by defect, with the figure each is counted in', () => {
    const found = { eventsLost: ['a'], unplayable: ['b'], missingMs: 1500, missing: ['1500 ms of sound'] };
    expect(defectsOf(result(1, found))).toEqual([
      'eventsLost: a',
      'unplayable: b',
      'maxMissingMs: 1500 ms of sound',
    ]);
    expect(defectsOf(result(1, { missingMs: 900, missing: ['900 ms of sound'] }))).toEqual([]);
  });
});
