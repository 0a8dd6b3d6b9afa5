export type { AudioCodec, EncodedFrame, VideoCodec } from './frame.ts';
export { createSenderClock } from './clock/index.ts';
export type { SenderClock, SenderReport, TrackClock } from './clock/index.ts';
export { createJitterBuffer } from './jitter/index.ts';
export type { JitterBuffer, JitterBufferStats, MediaPacket } from './jitter/index.ts';
export { createTrackIngest } from './ingest.ts';
export type { TrackIngest, TrackIngestOptions, TrackIngestStats } from './ingest.ts';
export * from './recording/index.ts';
export * from './ffmpeg/index.ts';
