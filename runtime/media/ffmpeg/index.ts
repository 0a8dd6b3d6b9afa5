export { decodeCheck, locateFfmpeg, readFfmpegVersion } from './ffmpeg.ts';
export type { FfmpegInstallation } from './ffmpeg.ts';
