import { rm } from 'node:fs/promises';
import {
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  MATROSKA,
  WEBM,
} from 'mediabunny';
import type { InputAudioTrack, InputVideoTrack, EncodedPacket } from 'mediabunny';
import { AAC_FRAME_MS, opusPacketDurationMs } from '../bitstream/index.ts';
import { encodeAudioFile } from '../ffmpeg/index.ts';
import { putInPlace } from './durable.ts';
import { probe } from './probe.ts';
import type { FileFormat } from './recorded-file.ts';
import type { PictureSize } from './track-configuration.ts';
import { wholeLengthOfUnfinished } from './unfinished-matroska.ts';
import { writeContainer } from './write-container.ts';
import type { CopyFormat, TrackToWrite } from './write-container.ts';

const AAC_FRAME_SECONDS = AAC_FRAME_MS / 1000;
/** How much shorter than its source an encoded file may be: encoders round to whole frames. */
const ENCODED_LOSS_SECONDS = 0.25;

type FinishOptions = {
  workingPath: string;
  finalPath: string;
  format: FileFormat;
  /** End of the recording on the file's timeline; the last picture is shown until then. */
  endSeconds?: number;
  /** Packets the copy has to hold at least; with fewer the working file stays. */
  expectedPackets?: number;
  /** Picture size for the header, where the first picture was not the largest. */
  largestPicture?: PictureSize | undefined;
};

/**
 * Puts a working file into its final container, with duration and index, in the place of `finalPath`: packet by packet
 * where the container takes them, else (MP3; AAC from Opus) encoded anew by ffmpeg. The working file goes only when
 * its successor is durable; an attempt broken off leaves it untouched.
 */
export const finishFile = async (options: FinishOptions): Promise<void> => {
  const { workingPath, finalPath, format } = options;
  await putInPlace(finalPath, async (temporaryPath) => {
    if (format === 'mp3') {
      await encode(workingPath, temporaryPath, 'mp3');
    } else if (format === 'm4a' && (await probe(workingPath)).audioCodec !== 'aac') {
      await encode(workingPath, temporaryPath, 'm4a');
    } else {
      await copy(options, temporaryPath, format);
    }
  });
  if (workingPath !== finalPath) await rm(workingPath, { force: true });
};

const encode = async (workingPath: string, path: string, format: 'mp3' | 'm4a'): Promise<void> => {
  await encodeAudioFile({ input: workingPath, output: path, format });
  const [before, after] = [await probe(workingPath), await probe(path)];
  if (after.durationSeconds < before.durationSeconds - ENCODED_LOSS_SECONDS) {
    throw new Error(
      `${workingPath}: ${after.durationSeconds} s could be encoded where ${before.durationSeconds} s were written.`,
    );
  }
};

const copy = async (options: FinishOptions, temporaryPath: string, format: CopyFormat): Promise<void> => {
  const { workingPath } = options;
  const source = new FilePathSource(workingPath);
  const input = new Input({
    source: source.slice(0, await wholeLengthOfUnfinished(workingPath)),
    formats: [WEBM, MATROSKA],
  });
  try {
    const tracks: TrackToWrite[] = [];
    const videoTrack = await input.getPrimaryVideoTrack();
    const audioTrack = await input.getPrimaryAudioTrack();
    let audioEndSeconds = 0;
    if (audioTrack) {
      tracks.push(
        await audioToWrite(workingPath, audioTrack, (endSeconds) => {
          audioEndSeconds = endSeconds;
        }),
      );
    }
    if (videoTrack) {
      tracks.push(
        await videoToWrite(
          workingPath,
          videoTrack,
          options.largestPicture,
          () => options.endSeconds ?? audioEndSeconds,
        ),
      );
    }
    const copied = await writeContainer(temporaryPath, format, tracks);
    const expected = options.expectedPackets ?? 1;
    if (copied < expected) {
      throw new Error(
        `${workingPath}: ${copied} packets could be read where at least ${expected} were written.`,
      );
    }
  } finally {
    input.dispose();
  }
};

const audioToWrite = async (
  path: string,
  track: InputAudioTrack,
  onEnd: (endSeconds: number) => void,
): Promise<TrackToWrite> => {
  const decoderConfig = await track.getDecoderConfig();
  const codec = await track.getCodec();
  if (!decoderConfig || (codec !== 'opus' && codec !== 'aac')) {
    throw new Error(`${path}: the audio track cannot be read.`);
  }
  const sink = new EncodedPacketSink(track);
  const lastDurationSeconds = (packet: EncodedPacket): number =>
    codec === 'aac' ? AAC_FRAME_SECONDS : opusPacketDurationMs(packet.data) / 1000;
  const read = codec === 'aac' ? onExactPlaces(sink.packets()) : sink.packets();
  return {
    kind: 'audio',
    source: new EncodedAudioPacketSource(codec),
    decoderConfig,
    packets: tellingEnds(read, lastDurationSeconds, onEnd),
    maximumPackets: () => countPackets(sink),
    lastDurationSeconds,
  };
};

const videoToWrite = async (
  path: string,
  track: InputVideoTrack,
  largestPicture: PictureSize | undefined,
  endSeconds: () => number,
): Promise<TrackToWrite> => {
  const decoderConfig = await track.getDecoderConfig();
  const codec = await track.getCodec();
  if (!decoderConfig || !codec) throw new Error(`${path}: the video track cannot be read.`);
  const sink = new EncodedPacketSink(track);
  return {
    kind: 'video',
    source: new EncodedVideoPacketSource(codec),
    decoderConfig: { ...decoderConfig, ...headerSize(codec, largestPicture) },
    packets: sink.packets(),
    maximumPackets: () => countPackets(sink),
    lastDurationSeconds: (packet) => Math.max(1 / 30, endSeconds() - packet.timestamp),
  };
};

/** Matroska counts in milliseconds; AAC frames follow each other without a gap, so their exact times are known. */
async function* onExactPlaces(
  packets: AsyncGenerator<EncodedPacket, void, unknown>,
): AsyncGenerator<EncodedPacket, void, unknown> {
  let firstSeconds: number | undefined;
  for await (const packet of packets) {
    firstSeconds ??= packet.timestamp;
    const place = Math.round((packet.timestamp - firstSeconds) / AAC_FRAME_SECONDS);
    yield packet.clone({ timestamp: firstSeconds + place * AAC_FRAME_SECONDS });
  }
}

async function* tellingEnds(
  packets: AsyncGenerator<EncodedPacket, void, unknown>,
  durationSeconds: (packet: EncodedPacket) => number,
  onEnd: (endSeconds: number) => void,
): AsyncGenerator<EncodedPacket, void, unknown> {
  for await (const packet of packets) {
    onEnd(packet.timestamp + durationSeconds(packet));
    yield packet;
  }
}

export const countPackets = async (sink: EncodedPacketSink): Promise<number> => {
  const packets = sink.packets(undefined, undefined, { metadataOnly: true });
  let count = 0;
  while ((await packets.next()).done !== true) count++;
  return count;
};

/** H.264's configuration record holds the size itself and must agree with the header. */
const headerSize = (
  codec: string,
  size: PictureSize | undefined,
): { codedWidth: number; codedHeight: number } | undefined =>
  size && codec !== 'avc' ? { codedWidth: size.width, codedHeight: size.height } : undefined;
