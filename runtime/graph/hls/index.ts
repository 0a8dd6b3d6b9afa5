export { createHlsService, type HlsService } from './hls-streams.ts';
export type { HlsMediaRequest } from './hls-media.ts';
export type { HlsAnswer } from './answer.ts';
