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
  EncoderCanvas,
  Fit,
  PictureEncoder,
  PictureEncoderOptions,
  PictureSource,
  PictureSourceOptions,
  Rectangle,
  Size,
  SoundDecoder,
  SoundEncoder,
  SoundEncoderOptions,
  StereoSamples,
} from './engine.ts';
export { TICKS_PER_SECOND, matroskaFrameHeader, matroskaHeader } from './ffmpeg/matroska.ts';
export { NutReader } from './ffmpeg/nut-reader.ts';
export type { NutFrame } from './ffmpeg/nut-reader.ts';
export { MOST_PIXELS } from './engine.ts';
export { keyFrameSize } from './key-frame-size.ts';
export { loadCodecEngine } from './load.ts';
export type { EngineChoice } from './load.ts';
