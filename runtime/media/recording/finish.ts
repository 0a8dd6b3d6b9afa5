import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  MATROSKA,
  MkvOutputFormat,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import type { OutputFormat } from 'mediabunny';
import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { FileFormat } from './recorded-file.ts';
import type { PictureSize } from './track-configuration.ts';
import { PICTURE_PLACES_PER_SECOND } from './video-timeline.ts';
import { wholeLengthOfUnfinished } from './unfinished-matroska.ts';

const createOutputFormat = (format: FileFormat): OutputFormat => {
  switch (format) {
    case 'webm':
      return new WebMOutputFormat();
    case 'mkv':
      return new MkvOutputFormat();
    case 'mp4':
    case 'm4a':
      return new Mp4OutputFormat({ fastStart: 'reserve' });
    case 'ogg':
      return new OggOutputFormat();
    case 'mp3':
      return new Mp3OutputFormat();
  }
};

const YIELD_EVERY_PACKETS = 32;

/** One track of the working file on its way into the finished one. */
type TrackCopy = {
  packets: AsyncGenerator<EncodedPacket, void, unknown>;
  current: EncodedPacket | undefined;
  next: EncodedPacket | undefined;
  add(packet: EncodedPacket): Promise<void>;
  lastDurationSeconds(packet: EncodedPacket): number;
};

const advance = async (track: TrackCopy): Promise<void> => {
  track.current = track.next;
  const step = await track.packets.next();
  track.next = step.done === true ? undefined : step.value;
};

/** The track whose next packet comes first; undefined when all are copied. */
const earliestTrack = (tracks: readonly TrackCopy[]): TrackCopy | undefined => {
  let earliest: TrackCopy | undefined;
  let earliestSeconds = Infinity;
  for (const track of tracks) {
    if (track.current && track.current.timestamp < earliestSeconds) {
      earliest = track;
      earliestSeconds = track.current.timestamp;
    }
  }
  return earliest;
};

const countPackets = async (sink: EncodedPacketSink): Promise<number> => {
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

/**
 * Copies a working file, packet by packet, into its final container with duration and index, and puts it in the
 * place of `finalPath`. The working file goes only when its successor is durable; a copy broken off leaves it
 * untouched.
 *
 * @param endSeconds - End of the recording on the file's timeline; the last picture is shown until then.
 */
export const finishFile = async (options: {
  workingPath: string;
  finalPath: string;
  format: FileFormat;
  endSeconds?: number;
  /** Packets the copy has to hold at least; with fewer the working file stays. */
  expectedPackets?: number;
  /** Picture size for the header, where the first picture was not the largest. */
  largestPicture?: PictureSize | undefined;
}): Promise<void> => {
  const { workingPath, finalPath, format } = options;
  const temporaryPath = `${finalPath}.finishing`;
  const source = new FilePathSource(workingPath);
  const input = new Input({
    source: source.slice(0, await wholeLengthOfUnfinished(workingPath)),
    formats: [WEBM, MATROSKA],
  });
  try {
    const output = new Output({
      format: createOutputFormat(format),
      target: new FilePathTarget(temporaryPath),
    });
    const tracks: TrackCopy[] = [];
    const videoTrack = await input.getPrimaryVideoTrack();
    const audioTrack = await input.getPrimaryAudioTrack();
    let audioEndSeconds = 0;
    if (audioTrack) {
      const decoderConfig = await audioTrack.getDecoderConfig();
      if (!decoderConfig) throw new Error(`${workingPath}: the audio track cannot be read.`);
      const source = new EncodedAudioPacketSource('opus');
      const sink = new EncodedPacketSink(audioTrack);
      output.addAudioTrack(source, format === 'mp4' ? { maximumPacketCount: await countPackets(sink) } : {});
      const meta = { decoderConfig };
      tracks.push({
        packets: sink.packets(),
        current: undefined,
        next: undefined,
        add: (packet) => {
          audioEndSeconds = packet.timestamp + packet.duration;
          return source.add(packet, meta);
        },
        lastDurationSeconds: (packet) => opusPacketDurationMs(packet.data) / 1000,
      });
    }
    if (videoTrack) {
      const decoderConfig = await videoTrack.getDecoderConfig();
      const codec = await videoTrack.getCodec();
      if (!decoderConfig || !codec) throw new Error(`${workingPath}: the video track cannot be read.`);
      const source = new EncodedVideoPacketSource(codec);
      const sink = new EncodedPacketSink(videoTrack);
      output.addVideoTrack(source, {
        frameRate: PICTURE_PLACES_PER_SECOND,
        ...(format === 'mp4' ? { maximumPacketCount: await countPackets(sink) } : {}),
      });
      const meta = { decoderConfig: { ...decoderConfig, ...headerSize(codec, options.largestPicture) } };
      tracks.push({
        packets: sink.packets(),
        current: undefined,
        next: undefined,
        add: (packet) => source.add(packet, meta),
        lastDurationSeconds: (packet) =>
          Math.max(1 / 30, (options.endSeconds ?? audioEndSeconds) - packet.timestamp),
      });
    }
    await output.start();
    for (const track of tracks) {
      await advance(track);
      await advance(track);
    }
    let copied = 0;
    for (;;) {
      const track = earliestTrack(tracks);
      const packet = track?.current;
      if (!track || !packet) break;
      const { data, type, timestamp } = packet;
      const durationSeconds = track.next
        ? Math.max(0, track.next.timestamp - timestamp)
        : track.lastDurationSeconds(packet);
      await track.add(new EncodedPacket(data, type, timestamp, durationSeconds));
      await advance(track);
      // Live media goes on in this process: let it in every few milliseconds.
      if (++copied % YIELD_EVERY_PACKETS === 0) await setImmediate();
    }
    await output.finalize();
    const expected = options.expectedPackets ?? 1;
    if (copied < expected) {
      throw new Error(
        `${workingPath}: ${copied} packets could be read where at least ${expected} were written.`,
      );
    }
    await makeDurable(temporaryPath);
    await rename(temporaryPath, finalPath);
    await makeDurable(dirname(finalPath));
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  } finally {
    input.dispose();
  }
  if (workingPath !== finalPath) await rm(workingPath, { force: true });
};

const makeDurable = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
