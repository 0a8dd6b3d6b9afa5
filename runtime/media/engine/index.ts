export {
  PICTURES_PER_SECOND,
  SAMPLES_PER_SECOND,
  sampleTimeMs,
  samplesPerFrame,
  slotTimeMs,
} from './engine.ts';
export type {
  Canvas,
  CodecEngine,
  Fit,
  PictureEncoder,
  PictureEncoderOptions,
  PictureSource,
  PictureSourceOptions,
  Rectangle,
  Size,
  SoundEncoder,
  SoundEncoderOptions,
} from './engine.ts';
export { keyFrameSize } from './key-frame-size.ts';
export { loadCodecEngine } from './load.ts';
export type { EngineChoice } from './load.ts';
