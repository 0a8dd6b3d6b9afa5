export { createJitterBuffer } from './jitter-buffer.ts';
export type { JitterBuffer, JitterBufferStats, MediaPacket } from './jitter-buffer.ts';
