import { readMajorVersion } from '../../ffmpeg/index.ts';
import type { CodecEngine } from '../engine.ts';
import { FfmpegCanvas } from './ffmpeg-canvas.ts';
import { FfmpegPictureEncoder } from './picture-encoder.ts';
import { FfmpegPictureSource } from './picture-source.ts';
import { scalingFor } from './scaling.ts';
import { openWasmSoundDecoder } from './sound-decoder.ts';
import { FfmpegSoundEncoder } from './sound-encoder.ts';

/**
 * The codec engine of ffmpeg processes: one for each source and each encoder. Where there is no ffmpeg, the first encoder
 * fails and says so.
 */
export const createFfmpegEngine = async (): Promise<CodecEngine> => {
  const scaling = scalingFor(await readMajorVersion());
  return {
    name: 'ffmpeg',
    createCanvas: (size) => new FfmpegCanvas(size),
    openPictureSource: (options) => new FfmpegPictureSource(options, scaling),
    openPictureEncoder: (canvas, options) =>
      canvas instanceof FfmpegCanvas
        ? Promise.resolve(new FfmpegPictureEncoder(canvas, options))
        : Promise.reject(new Error('The canvas is not one of this engine')),
    openSoundDecoder: openWasmSoundDecoder,
    openSoundEncoder: (options) => Promise.resolve(new FfmpegSoundEncoder(options)),
  };
};
