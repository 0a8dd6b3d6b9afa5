import { setImmediate } from 'node:timers/promises';
import {
  EncodedPacket,
  FilePathTarget,
  MkvOutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import type { EncodedAudioPacketSource, EncodedVideoPacketSource, OutputFormat } from 'mediabunny';
import type { FileFormat } from './recorded-file.ts';
import { PICTURE_PLACES_PER_SECOND } from './video-timeline.ts';

/** Containers that packets can be put into as they are; MP3 is none of them, for its sound is always made anew. */
export type CopyFormat = Exclude<FileFormat, 'mp3'>;

const createOutputFormat = (format: CopyFormat): OutputFormat => {
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
  }
};

/** One track on its way into a container. */
export type TrackToWrite = (
  | { kind: 'audio'; source: EncodedAudioPacketSource; decoderConfig: AudioDecoderConfig }
  | { kind: 'video'; source: EncodedVideoPacketSource; decoderConfig: VideoDecoderConfig }
) & {
  packets: AsyncGenerator<EncodedPacket, void, unknown>;
  /** At most so many packets come: MP4 reserves the place of its index by it. */
  maximumPackets(): Promise<number>;
  /** How long the last packet lasts; the others last until the next. In seconds. */
  lastDurationSeconds(packet: EncodedPacket): number;
};

const YIELD_EVERY_PACKETS = 32;

type Cursor = { track: TrackToWrite; current: EncodedPacket | undefined; next: EncodedPacket | undefined };

const advance = async (cursor: Cursor): Promise<void> => {
  cursor.current = cursor.next;
  const step = await cursor.track.packets.next();
  cursor.next = step.done === true ? undefined : step.value;
};

/** The track whose next packet comes first; undefined when all are written. */
const earliest = (cursors: readonly Cursor[]): Cursor | undefined => {
  let first: Cursor | undefined;
  let firstSeconds = Infinity;
  for (const cursor of cursors) {
    if (cursor.current && cursor.current.timestamp < firstSeconds) {
      first = cursor;
      firstSeconds = cursor.current.timestamp;
    }
  }
  return first;
};

/**
 * Writes packets into a container with its index, in the order of their time.
 *
 * @returns how many packets were written.
 */
export const writeContainer = async (
  path: string,
  format: CopyFormat,
  tracks: readonly TrackToWrite[],
): Promise<number> => {
  const output = new Output({ format: createOutputFormat(format), target: new FilePathTarget(path) });
  const reserves = format === 'mp4' || format === 'm4a';
  for (const track of tracks) {
    const limit = reserves ? { maximumPacketCount: await track.maximumPackets() } : {};
    if (track.kind === 'video') {
      output.addVideoTrack(track.source, { frameRate: PICTURE_PLACES_PER_SECOND, ...limit });
    } else {
      output.addAudioTrack(track.source, limit);
    }
  }
  await output.start();
  const cursors = tracks.map((track): Cursor => ({ track, current: undefined, next: undefined }));
  for (const cursor of cursors) {
    await advance(cursor);
    await advance(cursor);
  }
  let written = 0;
  for (;;) {
    const cursor = earliest(cursors);
    const packet = cursor?.current;
    if (!cursor || !packet) break;
    const { data, type, timestamp } = packet;
    const durationSeconds = cursor.next
      ? Math.max(0, cursor.next.timestamp - timestamp)
      : cursor.track.lastDurationSeconds(packet);
    await add(cursor.track, new EncodedPacket(data, type, timestamp, durationSeconds));
    await advance(cursor);
    // Live media goes on in this process: let it in every few milliseconds.
    if (++written % YIELD_EVERY_PACKETS === 0) await setImmediate();
  }
  await output.finalize();
  return written;
};

const add = (track: TrackToWrite, packet: EncodedPacket): Promise<void> =>
  track.kind === 'video'
    ? track.source.add(packet, { decoderConfig: track.decoderConfig })
    : track.source.add(packet, { decoderConfig: track.decoderConfig });
