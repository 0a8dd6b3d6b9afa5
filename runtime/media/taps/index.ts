export { createTapMessage, encodeTapMessage } from './message.ts';
export type { TapMessage } from './message.ts';
export { TapMessageQueue } from './message-queue.ts';
export { PCM_BLOCK_MS, createPcmDecoder } from './pcm-decoder.ts';
export type { PcmDecoder, PcmRate } from './pcm-decoder.ts';
