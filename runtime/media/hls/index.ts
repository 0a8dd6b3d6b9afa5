export {
  HLS_PART_TARGET_MS,
  HLS_SEGMENT_TARGET_MS,
  createHlsPackager,
  type HlsPackager,
  type HlsPackagerOptions,
} from './packager.ts';
export { isHlsUpdate, type HlsUpdate } from './updates.ts';
export * from './playlist.ts';
export * from './render-playlist.ts';
export * from './blocking-reload.ts';
export * from './subtitle-segment.ts';
