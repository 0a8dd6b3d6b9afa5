export { createTapMessage, encodeTapMessage } from './message.ts';
export type { TapMessage } from './message.ts';
export { TapMessageQueue } from './message-queue.ts';
export { PCM_BLOCK_MS, createPcmDecoder } from './pcm-decoder.ts';
export type { PcmDecoder, PcmRate } from './pcm-decoder.ts';
export { createPictureStream } from './picture-stream.ts';
export type { JpegPicture, PictureStream, PictureStreamOptions } from './picture-stream.ts';
export type { PictureChoice } from './picture-filters.ts';
