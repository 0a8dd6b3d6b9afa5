export { allSegments } from './all-segments.ts';
export { FilePlayer } from './file-player.tsx';
export { findRecording } from './find-recording.ts';
