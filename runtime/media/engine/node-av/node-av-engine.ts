import type { Canvas, CodecEngine } from '../engine.ts';
import { loadNodeAv } from './library.ts';
import { MainThreadDecoding } from './main-thread-decoding.ts';
import { NodeAvPictureEncoder } from './picture-encoder.ts';
import { NodeAvPictureSource } from './picture-source.ts';
import { createFramePicture } from './pictures.ts';
import type { FramePicture } from './pictures.ts';
import { openNodeAvSoundDecoder } from './sound-decoder.ts';
import { NodeAvSoundEncoder } from './sound-encoder.ts';

/**
 * The codec engine in this process: FFmpeg 8 through node-av.
 *
 * @throws when node-av is not installed or does not run here.
 */
export const createNodeAvEngine = async (): Promise<CodecEngine> => {
  const av = await loadNodeAv();
  const pictures = new WeakMap<Canvas, FramePicture>();
  const mainThread = new MainThreadDecoding();
  return {
    name: 'node-av',
    createCanvas(size) {
      const picture = createFramePicture(av, size);
      pictures.set(picture, picture);
      return picture;
    },
    openPictureSource: (options) => new NodeAvPictureSource(av, mainThread, options),
    async openPictureEncoder(canvas, options) {
      const picture = pictures.get(canvas);
      if (!picture) throw new Error('The canvas is not one of this engine');
      return NodeAvPictureEncoder.open(av, picture, options);
    },
    openSoundDecoder: () => Promise.resolve(openNodeAvSoundDecoder(av)),
    openSoundEncoder: (options) => Promise.resolve(new NodeAvSoundEncoder(av, options)),
  };
};
