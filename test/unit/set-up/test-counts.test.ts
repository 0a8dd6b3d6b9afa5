import { describe, expect, it } from 'vitest';
import { countTests } from '../../support/test-counts.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('counting tests', () => {
  it('adds up the tests of all files', () => {
    const report = { testResults: [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')] };

    expect(countTests(report)).toEqual({ passed: 3, failed: 1 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(countTests({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1 });
  });

  it('counts a file whose clean-up failed after its tests passed as a failure', () => {
    expect(countTests({ testResults: [file('failed', 'passed')] })).toEqual({ passed: 1, failed: 1 });
  });

  it('takes a skipped test for neither', () => {
    expect(countTests({ testResults: [file('passed', 'passed', 'skipped')] })).toEqual({
      passed: 1,
      failed: 0,
    });
  });
});
