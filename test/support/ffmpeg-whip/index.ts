export { publishWithFfmpeg, type FfmpegPublication } from './publish-with-ffmpeg.ts';
