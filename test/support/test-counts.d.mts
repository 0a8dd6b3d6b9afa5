/** See test-counts.mjs. */
export function countTests(report: {
  testResults: ReadonlyArray<{ status: string; assertionResults: ReadonlyArray<{ status: string }> }>;
}): { passed: number; failed: number };
