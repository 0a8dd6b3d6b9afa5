import {
  parseVp9Header,
  readAv1SequenceHeader,
  readH264KeyFrame,
  readVp8KeyFrameSize,
} from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { Size } from './engine.ts';

/** The size a key frame's picture has once it is decoded; undefined when the frame does not tell. */
export const keyFrameSize = ({ codec, data, width, height }: EncodedFrame): Size | undefined => {
  if (width !== undefined && height !== undefined) return { width, height };
  const header = headerOf(codec, data);
  return header?.width === undefined || header.height === undefined
    ? undefined
    : { width: header.width, height: header.height };
};

const headerOf = (
  codec: EncodedFrame['codec'],
  data: Uint8Array,
): { width?: number | undefined; height?: number | undefined } | undefined => {
  if (codec === 'vp8') return readVp8KeyFrameSize(data);
  if (codec === 'vp9') return parseVp9Header(data);
  if (codec === 'h264') return readH264KeyFrame(data);
  return readAv1SequenceHeader(data);
};
