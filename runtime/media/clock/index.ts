export { createSenderClock } from './sender-clock.ts';
export type { SenderClock, SenderReport, TrackClock } from './sender-clock.ts';
export { monotonicMs } from './monotonic.ts';
