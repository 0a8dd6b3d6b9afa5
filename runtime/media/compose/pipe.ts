export { monotonicMs } from '../clock/index.ts';

/** The file descriptor over which a compositor and its child talk, in both directions. */
export const compositorPipe = 3;
