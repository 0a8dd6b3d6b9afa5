import { setFlagsFromString } from 'node:v8';

const youngMegabytes = 2;
const growthPercent = 200;

/**
 * Arguments of Node for a process that forwards packets. What it makes per packet lives for microseconds, above all key
 * stream, which lies outside of the heap: a small young generation gives it back before it piles up. At 10,000 packets
 * a second V8 marks its whole heap once a second otherwise: 17 % of the processor time in its threads alone.
 */
export const forwardingArguments: readonly string[] = [`--max-semi-space-size=${youngMegabytes}`];

const scriptArguments = new Set(['-e', '--eval', '-p', '--print', '-pe']);

/**
 * What a child has of its parent's arguments: all but a script on the command line, which would be run in the child
 * instead of its file.
 */
export function inheritedArguments(parents: readonly string[]): string[] {
  const at = parents.findIndex((argument) => scriptArguments.has(argument));
  return at < 0 ? [...parents] : parents.toSpliced(at, 2);
}

/** In such a process, at its start: lets the heap become three times of what lives in it before that is marked. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
