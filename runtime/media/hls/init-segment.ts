import {
  AAC_CHANNELS,
  AAC_SAMPLE_RATE,
  avcCodecString,
  createAudioSpecificConfig,
  createAvcConfiguration,
} from '../bitstream/index.ts';
import { ascii, box, fullBox, u16, u32 } from './box.ts';

/** Ticks per second of the tracks: 90 kHz holds 1/30 s and milliseconds exactly, 48 kHz every sample. */
export const VIDEO_TIMESCALE = 90_000;
export const AUDIO_TIMESCALE = AAC_SAMPLE_RATE;

export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;

const AAC_CODEC = 'mp4a.40.2';

/** What a decoder needs to know of the picture. */
export type VideoConfiguration = {
  width: number;
  height: number;
  sps: Uint8Array;
  pps: Uint8Array;
};

/** Codecs of a rendition (RFC 6381), as `CODECS` of a multivariant playlist lists them. */
export const codecsOf = (video: VideoConfiguration | null): string =>
  video === null ? AAC_CODEC : `${avcCodecString(video.sps)},${AAC_CODEC}`;

/** The initialization segment that EXT-X-MAP names: one picture track, when there is a picture, and one of sound. */
export const createInitSegment = (video: VideoConfiguration | null): Buffer => {
  const tracks = video === null ? [audioTrack()] : [videoTrack(video), audioTrack()];
  const ids = video === null ? [AUDIO_TRACK_ID] : [VIDEO_TRACK_ID, AUDIO_TRACK_ID];
  return Buffer.concat([
    box('ftyp', ascii('iso6'), u32(1), ascii('iso6cmfcmp41')),
    box(
      'moov',
      movieHeader(),
      ...tracks,
      // §8.8.1 and 8.8.3: the samples come in fragments; each says everything about its samples itself.
      box('mvex', ...ids.map((id) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0)))),
    ),
  ]);
};

/** §8.2.2. The duration is 0: there are no samples in this file. */
const movieHeader = (): Buffer =>
  fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x0001_0000),
    u16(0x0100, 0),
    u32(0, 0),
    unityMatrix(),
    u32(0, 0, 0, 0, 0, 0, 3),
  );

const unityMatrix = (): Buffer => u32(0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000);

const videoTrack = (video: VideoConfiguration): Buffer => {
  const entry = box(
    'avc1',
    u32(0),
    u16(0, 1), // data_reference_index
    u32(0, 0, 0, 0),
    u16(video.width, video.height),
    u32(0x0048_0000, 0x0048_0000, 0), // 72 dpi
    u16(1), // frame_count
    Buffer.alloc(32), // compressorname
    u16(0x0018, 0xffff), // depth 24, no colour table
    box('avcC', createAvcConfiguration(video.sps, video.pps)),
  );
  return track({
    id: VIDEO_TRACK_ID,
    timescale: VIDEO_TIMESCALE,
    handler: 'vide',
    size: u32(video.width * 65_536, video.height * 65_536),
    volume: 0,
    mediaHeader: fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)),
    entry,
  });
};

const audioTrack = (): Buffer => {
  const entry = box(
    'mp4a',
    u32(0),
    u16(0, 1),
    u32(0, 0),
    u16(AAC_CHANNELS, 16, 0, 0), // channels, bits
    u32(AUDIO_TIMESCALE * 65_536),
    fullBox('esds', 0, 0, elementaryStreamDescriptor()),
  );
  return track({
    id: AUDIO_TRACK_ID,
    timescale: AUDIO_TIMESCALE,
    handler: 'soun',
    size: u32(0, 0),
    volume: 0x0100,
    mediaHeader: fullBox('smhd', 0, 0, u16(0, 0)),
    entry,
  });
};

/** ES_Descriptor (ISO/IEC 14496-1 §7.2.6.5) around the AudioSpecificConfig. */
const elementaryStreamDescriptor = (): Buffer => {
  const descriptor = (tag: number, ...contents: readonly Uint8Array[]): Buffer =>
    Buffer.concat([
      Buffer.of(
        tag,
        contents.reduce((size, part) => size + part.length, 0),
      ),
      ...contents,
    ]);
  return descriptor(
    3,
    u16(AUDIO_TRACK_ID),
    Buffer.of(0),
    descriptor(
      4,
      Buffer.of(0x40, 0x15), // MPEG-4 audio, an audio stream
      Buffer.of(0, 0, 0),
      u32(0, 0), // bit rates are not known beforehand
      descriptor(5, createAudioSpecificConfig()),
    ),
    descriptor(6, Buffer.of(2)),
  );
};

const track = (of: {
  id: number;
  timescale: number;
  handler: 'vide' | 'soun';
  size: Buffer;
  volume: number;
  mediaHeader: Buffer;
  entry: Buffer;
}): Buffer =>
  box(
    'trak',
    // §8.3.2: enabled, in the movie.
    fullBox('tkhd', 0, 3, u32(0, 0, of.id, 0, 0, 0, 0), u16(0, 0, of.volume, 0), unityMatrix(), of.size),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, of.timescale, 0), u16(0x55c4, 0)), // language: undetermined
      fullBox('hdlr', 0, 0, u32(0), ascii(of.handler), u32(0, 0, 0), Buffer.of(0)),
      box(
        'minf',
        of.mediaHeader,
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), of.entry),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0, 0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  );
