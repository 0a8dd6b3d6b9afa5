export { decodeCheck, locateFfmpeg, readFfmpegVersion } from './ffmpeg.ts';
export type { FfmpegInstallation } from './ffmpeg.ts';
export { startRtmpPush } from './rtmp-push.ts';
export type { RtmpPush, RtmpPushOptions, RtmpTarget } from './rtmp-push.ts';
export { concatenateSound, encodeAudioFile, mixChannels } from './audio-files.ts';
export type { EncodedAudioFormat, PlacedSound } from './audio-files.ts';
export { capturePicture } from './picture.ts';
export type { PictureFormat } from './picture.ts';
