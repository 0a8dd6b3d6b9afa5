export { clockText, latencyText } from './latency-text.ts';
export { watchErrorText } from './watch-error-text.ts';
