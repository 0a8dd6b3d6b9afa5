import {
  AAC_CHANNELS,
  AAC_SAMPLE_RATE,
  avcCodecString,
  av1CodecString,
  createAudioSpecificConfig,
  createAvcConfiguration,
  createOpusHead,
  OPUS_CHANNELS,
  OPUS_SAMPLE_RATE,
  parseVp9Header,
  readAv1SequenceHeader,
  readH264KeyFrame,
  readVp8KeyFrameSize,
} from '../bitstream/index.ts';
import type { AudioCodec, VideoCodec } from '../frame.ts';

/** In pixels. */
export type PictureSize = { width: number; height: number };

/** What a container has to know of a video track before its first frame. */
export type VideoConfiguration = {
  codec: VideoCodec;
  /** Codec string as in RFC 6381. */
  codecString: string;
  width: number;
  height: number;
  /** AVCDecoderConfigurationRecord, for H.264. */
  description?: Uint8Array;
};

/** Reads the configuration from a key frame; undefined when the frame does not hold one. */
export const readVideoConfiguration = (
  codec: VideoCodec,
  keyFrame: Uint8Array,
): VideoConfiguration | undefined => {
  switch (codec) {
    case 'vp8': {
      const size = readVp8KeyFrameSize(keyFrame);
      return size && { codec, codecString: 'vp8', ...size };
    }
    case 'vp9': {
      const header = parseVp9Header(keyFrame);
      if (!header?.key || header.width === undefined || header.height === undefined) return undefined;
      const codecString = `vp09.0${header.profile}.10.${header.profile >= 2 ? '10' : '08'}`;
      return { codec, codecString, width: header.width, height: header.height };
    }
    case 'h264': {
      const key = readH264KeyFrame(keyFrame);
      if (!key) return undefined;
      return {
        codec,
        codecString: avcCodecString(key.sps),
        width: key.width,
        height: key.height,
        description: createAvcConfiguration(key.sps, key.pps),
      };
    }
    case 'av1': {
      const header = readAv1SequenceHeader(keyFrame);
      if (!header) return undefined;
      return { codec, codecString: av1CodecString(header), width: header.width, height: header.height };
    }
  }
};

/** What a container has to know of an audio track. */
export const AUDIO_DECODER_CONFIGS = {
  opus: {
    codec: 'opus',
    numberOfChannels: OPUS_CHANNELS,
    sampleRate: OPUS_SAMPLE_RATE,
    description: createOpusHead(),
  },
  aac: {
    codec: 'mp4a.40.2',
    numberOfChannels: AAC_CHANNELS,
    sampleRate: AAC_SAMPLE_RATE,
    description: createAudioSpecificConfig(),
  },
} as const satisfies Record<AudioCodec, AudioDecoderConfig>;
