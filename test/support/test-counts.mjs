/**
 * How many tests passed and failed, from the report of vitest's JSON reporter. A file that could not even be
 * loaded has no tests and counts as one failure; a test that was skipped proves nothing and counts as
 * neither.
 */
export function countTests({ testResults }) {
  const counts = { passed: 0, failed: 0 };
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    counts.passed += assertionResults.filter((test) => test.status === 'passed').length;
    counts.failed += failed === 0 && status === 'failed' ? 1 : failed;
  }
  return counts;
}
