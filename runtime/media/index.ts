export type { AudioCodec, EncodedFrame, VideoCodec } from './frame.ts';
export * from './recording/index.ts';
