export { tap } from './tap.ts';
export { describeRtp, type RtpOutput } from './rtp-description.ts';
export { isTapUpdate, type TapUpdate } from './updates.ts';
export type { TapAudioUpdate } from './utterances.ts';
export type { TapFrameUpdate } from './frames.ts';
