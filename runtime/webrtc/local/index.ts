export { createLocalAudioTrack, createLocalVideoTrack } from './local-track.ts';
export type { LocalAudioTrack, LocalTrack, LocalVideoTrack } from './local-track.ts';
