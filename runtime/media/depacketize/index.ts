import type { RtpCodec } from '../frame.ts';
import { createAv1Depacketizer } from './av1.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';
import { createH264Depacketizer } from './h264.ts';
import { createOpusDepacketizer } from './opus.ts';
import { createVp8Depacketizer } from './vp8.ts';
import { createVp9Depacketizer } from './vp9.ts';

export type { Depacketizer, DepacketizerOptions, FrameHandler } from './depacketizer.ts';

const FACTORIES: Record<RtpCodec, (options: DepacketizerOptions) => Depacketizer> = {
  opus: createOpusDepacketizer,
  vp8: createVp8Depacketizer,
  vp9: createVp9Depacketizer,
  h264: createH264Depacketizer,
  av1: createAv1Depacketizer,
};

export const createDepacketizer = (codec: RtpCodec, options: DepacketizerOptions): Depacketizer =>
  FACTORIES[codec](options);
