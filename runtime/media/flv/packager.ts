import {
  createAudioSpecificConfig,
  createAvcConfiguration,
  readH264KeyFrame,
  toLengthPrefixed,
} from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { amf0Call } from './amf0.ts';
import { TAG_AUDIO, TAG_SCRIPT, TAG_VIDEO, flvHeader, flvTag } from './tags.ts';

/** What FLV's metadata says of a stream before its first frame; the codecs are always H.264 and AAC-LC. */
export type FlvStream = {
  /** Null: sound alone. */
  video: { width: number; height: number; bitrateBps: number; frameRate: number } | null;
  audio: { bitrateBps: number };
};

/** What a decoder has to be told before frames; another object whenever it has changed. */
export type FlvConfiguration = {
  /** A stream begins with these bytes: file header, metadata, sequence headers. */
  readonly opening: Uint8Array;
  /** A stream that goes on after a change has these bytes in front of the key frame. */
  readonly change: Uint8Array;
};

/** One frame as a whole FLV tag. It is not changed afterwards: any number of streams may send it. */
export type FlvPacket = {
  readonly kind: 'audio' | 'video';
  /** A stream can begin here. */
  readonly key: boolean;
  /** Since the packager's first packet, in whole milliseconds. */
  readonly timestampMs: number;
  readonly data: Uint8Array;
  readonly configuration: FlvConfiguration;
};

export type FlvPackager = {
  /** The frame as a packet; null before the first key frame, and for frames older than it. */
  push(frame: EncodedFrame): FlvPacket | null;
};

/** AAC, which always says 44 kHz, 16 bit, stereo here (FLV 10.1 §E.4.2.1); then a sequence header, or a raw frame. */
const AAC_SEQUENCE_HEADER = Uint8Array.of(0xaf, 0);
const AAC_RAW = Uint8Array.of(0xaf, 1);
/** Key or inter frame of AVC; sequence header or NAL units; composition time 0: nothing is reordered (§E.4.3). */
const AVC_SEQUENCE_HEADER = Uint8Array.of(0x17, 0, 0, 0, 0);
const AVC_KEY = Uint8Array.of(0x17, 1, 0, 0, 0);
const AVC_INTER = Uint8Array.of(0x27, 1, 0, 0, 0);
const AVC_CODEC_ID = 7;
const AAC_CODEC_ID = 10;
const NOTHING = new Uint8Array(0);

/** Packs H.264 (Annex B) and AAC frames into FLV tags (Adobe FLV 10.1, annex E). Knows no time but the frames'. */
export function createFlvPackager(stream: FlvStream): FlvPackager {
  const beginning = Buffer.concat([
    flvHeader({ audio: true, video: stream.video !== null }),
    flvTag(TAG_SCRIPT, 0, NOTHING, amf0Call('onMetaData', metadataOf(stream))),
    flvTag(TAG_AUDIO, 0, AAC_SEQUENCE_HEADER, createAudioSpecificConfig()),
  ]);
  let configuration: FlvConfiguration | null =
    stream.video === null ? { opening: beginning, change: NOTHING } : null;
  let decoderConfiguration: Uint8Array = NOTHING;
  let originMs: number | null = null;

  function place(frame: EncodedFrame): number {
    originMs ??= frame.timestampMs;
    return Math.round(frame.timestampMs - originMs);
  }

  function pushVideo(frame: EncodedFrame): FlvPacket | null {
    if (frame.key) {
      const parameters = readH264KeyFrame(frame.data);
      if (parameters) {
        configure(createAvcConfiguration(parameters.sps, parameters.pps), place(frame));
      }
    }
    if (configuration === null) {
      return null;
    }
    const timestampMs = place(frame);
    const data = flvTag(
      TAG_VIDEO,
      timestampMs,
      frame.key ? AVC_KEY : AVC_INTER,
      toLengthPrefixed(frame.data),
    );
    return { kind: 'video', key: frame.key, timestampMs, data, configuration };
  }

  function configure(avcConfiguration: Uint8Array, timestampMs: number): void {
    if (configuration !== null && Buffer.compare(avcConfiguration, decoderConfiguration) === 0) {
      return;
    }
    decoderConfiguration = avcConfiguration;
    const change = flvTag(TAG_VIDEO, timestampMs, AVC_SEQUENCE_HEADER, avcConfiguration);
    configuration = { opening: Buffer.concat([beginning, change]), change };
  }

  return {
    push(frame) {
      if (frame.kind === 'video') {
        return stream.video === null ? null : pushVideo(frame);
      }
      if (configuration === null) {
        return null;
      }
      const timestampMs = place(frame);
      return timestampMs < 0
        ? null
        : {
            kind: 'audio',
            key: stream.video === null,
            timestampMs,
            data: flvTag(TAG_AUDIO, timestampMs, AAC_RAW, frame.data),
            configuration,
          };
    },
  };
}

function metadataOf({ video, audio }: FlvStream): Record<string, number | boolean | string> {
  return {
    ...(video
      ? {
          width: video.width,
          height: video.height,
          framerate: video.frameRate,
          videocodecid: AVC_CODEC_ID,
          videodatarate: video.bitrateBps / 1000,
        }
      : {}),
    audiocodecid: AAC_CODEC_ID,
    audiosamplerate: 48_000,
    audiosamplesize: 16,
    stereo: true,
    audiodatarate: audio.bitrateBps / 1000,
    encoder: 'Roomflow',
  };
}
