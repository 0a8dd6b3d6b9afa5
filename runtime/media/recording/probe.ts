import { stat } from 'node:fs/promises';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import type { AudioCodec, VideoCodec } from '../frame.ts';
import { wholeLengthOfUnfinished } from './unfinished-matroska.ts';

/** What a media file says of itself. */
export type ProbedFile = {
  bytes: number;
  durationSeconds: number;
  videoCodec?: VideoCodec;
  audioCodec?: AudioCodec | 'mp3';
  width?: number;
  height?: number;
};

const VIDEO_CODECS: Record<string, VideoCodec> = { vp8: 'vp8', vp9: 'vp9', avc: 'h264', av1: 'av1' };
const AUDIO_CODECS: Record<string, AudioCodec | 'mp3'> = { opus: 'opus', aac: 'aac', mp3: 'mp3' };

/** Reads duration, codecs and picture size of a media file, also of one left open. Throws when it is no media file. */
export const probe = async (path: string): Promise<ProbedFile> => {
  const { size } = await stat(path);
  const wholeLength = await wholeLengthOfUnfinished(path);
  const source = new FilePathSource(path);
  const input = new Input({
    source: wholeLength === undefined ? source : source.slice(0, wholeLength),
    formats: ALL_FORMATS,
  });
  try {
    const durationSeconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    const videoCodec = video && VIDEO_CODECS[(await video.getCodec()) ?? ''];
    const audioCodec = audio && AUDIO_CODECS[(await audio.getCodec()) ?? ''];
    return {
      bytes: size,
      durationSeconds,
      ...(video && { width: await video.getCodedWidth(), height: await video.getCodedHeight() }),
      ...(videoCodec && { videoCodec }),
      ...(audioCodec && { audioCodec }),
    };
  } finally {
    input.dispose();
  }
};
