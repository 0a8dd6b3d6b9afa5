/** Why a microphone, camera or screen cannot be used. */
export type DeviceProblem = 'denied' | 'missing' | 'in-use' | 'insecure' | 'unknown';

/** Sorts what getUserMedia threw. Source: W3C Media Capture and Streams, section 10.2.1. */
export function deviceProblem(error: unknown): DeviceProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'in-use';
    default:
      return 'unknown';
  }
}
