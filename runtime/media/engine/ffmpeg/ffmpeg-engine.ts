import type { Canvas, CodecEngine } from '../engine.ts';
import { pictureBytes, picturePlanes } from '../planes.ts';
import { FfmpegPictureEncoder } from './picture-encoder.ts';
import { FfmpegPictureSource } from './picture-source.ts';
import { openWasmSoundDecoder } from './sound-decoder.ts';
import { FfmpegSoundEncoder } from './sound-encoder.ts';

/**
 * The codec engine of ffmpeg processes: one for each source and each encoder. It does not ask whether there is an ffmpeg
 * that is new enough, as `locateFfmpeg` does: that would cost each start of a composition a process. Without one, the
 * first encoder fails and says so.
 */
export const createFfmpegEngine = (): CodecEngine => {
  const memories = new WeakMap<Canvas, Buffer>();
  return {
    name: 'ffmpeg',
    createCanvas({ width, height }) {
      const memory = Buffer.alloc(pictureBytes(width, height));
      const canvas = picturePlanes(memory, width, height);
      memories.set(canvas, memory);
      return canvas;
    },
    openPictureSource: (options) => new FfmpegPictureSource(options),
    openPictureEncoder(canvas, options) {
      const memory = memories.get(canvas);
      return memory === undefined
        ? Promise.reject(new Error('The canvas is not one of this engine'))
        : Promise.resolve(new FfmpegPictureEncoder(canvas, memory, options));
    },
    openSoundDecoder: openWasmSoundDecoder,
    openSoundEncoder: (options) => Promise.resolve(new FfmpegSoundEncoder(options)),
  };
};
