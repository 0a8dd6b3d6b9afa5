/**
 * Milliseconds on the monotonic clock. Its zero is arbitrary and the same in all processes of a machine (CLOCK_MONOTONIC
 * and its likes), so the session clock can be handed to a child without the wall clock, which may be set in between.
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
