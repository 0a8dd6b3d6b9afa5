/**
 * The wall clock with fractions of a millisecond, for times that are compared with those of other processes
 * on this machine. Waits for `Date.now()` to tick (1 ms at most) and counts on from there: taken anew before
 * each measurement, so that a clock that is being set does not tilt the run as `performance.timeOrigin` would.
 */
export function readWallClock(): () => number {
  const before = Date.now();
  let tick = Date.now();
  while (tick === before) {
    tick = Date.now();
  }
  const offsetMs = tick - performance.now();
  return () => performance.now() + offsetMs;
}
