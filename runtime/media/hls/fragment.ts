import { AAC_FRAME_SAMPLES, NAL_AUD, NAL_PPS, NAL_SPS, forEachNal, nalType } from '../bitstream/index.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './init-segment.ts';

/** A picture of a fragment, in Annex B form; times in ticks of the picture track. */
export type VideoSample = { data: Uint8Array; key: boolean; ticks: number; durationTicks: number };
/** A raw AAC frame; time in samples. */
export type AudioSample = { data: Uint8Array; ticks: number };

/** sample_flags (ISO/IEC 14496-12 §8.8.3.1): depends on nothing; depends on others and is no sync sample. */
const SYNC_SAMPLE = 0x0200_0000;
const DEPENDENT_SAMPLE = 0x0101_0000;

const DEFAULT_BASE_IS_MOOF = 0x02_0000;
const DEFAULT_DURATION_PRESENT = 0x00_0008;
const DEFAULT_FLAGS_PRESENT = 0x00_0020;
const DATA_OFFSET_PRESENT = 0x00_0001;
const SAMPLE_DURATION_PRESENT = 0x00_0100;
const SAMPLE_SIZE_PRESENT = 0x00_0200;
const SAMPLE_FLAGS_PRESENT = 0x00_0400;

const BOX = 8;
const MFHD = 16;
const TFDT = 20;
const VIDEO_TFHD = 16;
const AUDIO_TFHD = 24;
const TRUN = 20;
const VIDEO_TRUN_ENTRY = 12;
const AUDIO_TRUN_ENTRY = 4;

/**
 * One movie fragment, `moof` and `mdat` (ISO/IEC 14496-12 §8.8.4 and 8.1.1), that holds these samples: a CMAF chunk.
 * A track without samples is left out. NAL units become length-prefixed (ISO/IEC 14496-15 §5.3); parameter sets and
 * delimiters are left out, as they stand in the initialization segment.
 *
 * It writes the whole into one buffer, copying each sample once.
 */
export const createFragment = (
  sequenceNumber: number,
  video: readonly VideoSample[],
  audio: readonly AudioSample[],
): Buffer => {
  const videoSizes = video.map(({ data }) => lengthPrefixedSize(data));
  const videoBytes = videoSizes.reduce((sum, size) => sum + size, 0);
  const audioBytes = audio.reduce((sum, { data }) => sum + data.length, 0);
  const videoTraf = video.length === 0 ? 0 : BOX + VIDEO_TFHD + TFDT + TRUN + video.length * VIDEO_TRUN_ENTRY;
  const audioTraf = audio.length === 0 ? 0 : BOX + AUDIO_TFHD + TFDT + TRUN + audio.length * AUDIO_TRUN_ENTRY;
  const moofSize = BOX + MFHD + videoTraf + audioTraf;
  const out = Buffer.allocUnsafe(moofSize + BOX + videoBytes + audioBytes);
  let at = 0;
  const u32 = (value: number): void => {
    at = out.writeUInt32BE(value, at);
  };
  const header = (size: number, type: string): void => {
    u32(size);
    at += out.write(type, at, 'latin1');
  };
  /** §8.8.12: the time of the first sample, on the session clock, in 64 bits. */
  const decodeTime = (ticks: number): void => {
    header(TFDT, 'tfdt');
    u32(0x0100_0000);
    at = out.writeBigUInt64BE(BigInt(ticks), at);
  };

  header(moofSize, 'moof');
  header(MFHD, 'mfhd');
  u32(0);
  u32(sequenceNumber);
  const [firstPicture] = video;
  if (firstPicture) {
    header(videoTraf, 'traf');
    header(VIDEO_TFHD, 'tfhd');
    u32(DEFAULT_BASE_IS_MOOF);
    u32(VIDEO_TRACK_ID);
    decodeTime(firstPicture.ticks);
    header(TRUN + video.length * VIDEO_TRUN_ENTRY, 'trun');
    u32(DATA_OFFSET_PRESENT | SAMPLE_DURATION_PRESENT | SAMPLE_SIZE_PRESENT | SAMPLE_FLAGS_PRESENT);
    u32(video.length);
    u32(moofSize + BOX);
    video.forEach((sample, index) => {
      u32(sample.durationTicks);
      u32(videoSizes[index] ?? 0);
      u32(sample.key ? SYNC_SAMPLE : DEPENDENT_SAMPLE);
    });
  }
  const [firstSound] = audio;
  if (firstSound) {
    header(audioTraf, 'traf');
    header(AUDIO_TFHD, 'tfhd');
    u32(DEFAULT_BASE_IS_MOOF | DEFAULT_DURATION_PRESENT | DEFAULT_FLAGS_PRESENT);
    u32(AUDIO_TRACK_ID);
    u32(AAC_FRAME_SAMPLES);
    u32(SYNC_SAMPLE);
    decodeTime(firstSound.ticks);
    header(TRUN + audio.length * AUDIO_TRUN_ENTRY, 'trun');
    u32(DATA_OFFSET_PRESENT | SAMPLE_SIZE_PRESENT);
    u32(audio.length);
    u32(moofSize + BOX + videoBytes);
    for (const sample of audio) {
      u32(sample.data.length);
    }
  }
  header(BOX + videoBytes + audioBytes, 'mdat');
  for (const { data } of video) {
    at = writeLengthPrefixed(data, out, at);
  }
  for (const { data } of audio) {
    out.set(data, at);
    at += data.length;
  }
  return out;
};

/** Whether a NAL unit belongs into a sample of an `avc1` track. */
const isKept = (nal: Uint8Array): boolean => {
  const type = nalType(nal);
  return type !== NAL_AUD && type !== NAL_SPS && type !== NAL_PPS;
};

const lengthPrefixedSize = (annexB: Uint8Array): number => {
  let size = 0;
  forEachNal(annexB, (nal) => {
    if (isKept(nal)) {
      size += 4 + nal.length;
    }
  });
  return size;
};

const writeLengthPrefixed = (annexB: Uint8Array, out: Buffer, offset: number): number => {
  let at = offset;
  forEachNal(annexB, (nal) => {
    if (isKept(nal)) {
      at = out.writeUInt32BE(nal.length, at);
      out.set(nal, at);
      at += nal.length;
    }
  });
  return at;
};
