import type { Frame } from 'node-av/lib';
import type { Canvas, EncoderCanvas, Size } from '../engine.ts';
import { checkResult } from './library.ts';
import type { NodeAv } from './library.ts';

/** A YUV 4:2:0 picture in FFmpeg's memory, and the same memory as a canvas; encoders have read it when they return. */
export type FramePicture = EncoderCanvas & { readonly frame: Frame };

/** Pixels a row is longer than the picture is wide: FFmpeg's vector code writes up to 15 too many at a row's end. */
const OVERHANG = 32;

export const createFramePicture = (av: NodeAv, { width, height }: Size): FramePicture => {
  const frame = new av.Frame();
  frame.alloc();
  frame.format = av.constants.AV_PIX_FMT_YUV420P;
  // Memory for a wider picture, then the true width: the rows keep their distance.
  frame.width = width + OVERHANG;
  frame.height = height;
  checkResult(av, frame.getBuffer(), `No memory for a picture of ${width}x${height}`);
  frame.width = width;
  return {
    ...canvasOf(frame),
    frame,
    beginAnew() {
      // Nobody reads it any more.
    },
  };
};

/** The memory of a frame with three planes. Not to be touched once the frame has been given up. */
export const canvasOf = (frame: Frame): Canvas => {
  const { data, linesize, width, height } = frame;
  const [y, u, v] = data ?? [];
  const [yStride, uStride, vStride] = linesize;
  if (!y || !u || !v || yStride === undefined || uStride === undefined || vStride === undefined) {
    throw new Error(`A picture of pixel format ${frame.format} has not three planes`);
  }
  return { width, height, y, u, v, yStride, uStride, vStride };
};
