/** Read once: the getter takes longer than the time itself, and it is asked for with every packet. */
const originMs = performance.timeOrigin;

/**
 * Now, in milliseconds since the Unix epoch with sub-millisecond resolution. It never jumps when the wall
 * clock is set, so that packet arrival times and feedback keep their distances.
 */
export function nowMs(): number {
  return originMs + performance.now();
}
