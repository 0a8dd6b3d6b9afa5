export * from './aac.ts';
export { createIvfReader } from './ivf.ts';
export type { IvfReader } from './ivf.ts';
export * from './opus.ts';
export { createOggReader, isOpusHeader } from './ogg.ts';
export type { OggReader } from './ogg.ts';
export {
  createVp8BlackKeyFrame,
  createVp8CopyFrame,
  isVp8KeyFrame,
  readVp8KeyFrameSize,
  vp8UsesSegmentation,
} from './vp8.ts';
export * from './h264.ts';
export * from './vp9.ts';
export * from './av1.ts';
