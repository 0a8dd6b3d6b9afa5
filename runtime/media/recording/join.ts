import { access, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ALL_FORMATS,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
} from 'mediabunny';
import { toAnnexB, toLengthPrefixed } from '../bitstream/index.ts';
import { concatenateSound } from '../ffmpeg/index.ts';
import type { AudioCodec, VideoCodec } from '../frame.ts';
import { composedSound } from './composed-audio-timeline.ts';
import { putInPlace } from './durable.ts';
import { finalPathFor } from './file-format.ts';
import { countPackets } from './finish.ts';
import { createPictureRepeater } from './picture-repeater.ts';
import { probe } from './probe.ts';
import type { RecordedFile } from './recorded-file.ts';
import { hasRoomForBytes } from './room-for-copy.ts';
import { COMPOSED_PICTURE_MS, PICTURE_PLACES_PER_SECOND } from './video-timeline.ts';
import { writeContainer } from './write-container.ts';
import type { CopyFormat, TrackToWrite } from './write-container.ts';

/** One finished file of a composition's recording that was interrupted. */
export type RecordingPart = {
  path: string;
  /** Session time at which the file begins, in milliseconds. */
  startMs: number;
  /** How long the recording was paused between this file's start and the next one's. */
  pausedMs: number;
};

const PICTURE_SECONDS = COMPOSED_PICTURE_MS / 1000;
const PLACES_PER_PICTURE = Math.round(PICTURE_PLACES_PER_SECOND * PICTURE_SECONDS);

/**
 * Makes one file of the parts of a composition's recording: packet by packet, with the last picture and silence in
 * between, so that it is as long as the recording was. The parts go only when the whole is durable. May be
 * called again after a crash: a whole that is there already is taken for what it is.
 *
 * @returns undefined, with the parts as they were, when they cannot be joined without encoding them anew (their codec
 * configurations differ, because another encoder went on) or the disk has no room for the whole.
 * @throws when a part cannot be read; the parts are then as they were.
 */
export const joinRecording = async (
  parts: readonly RecordingPart[],
  finalPath: string,
): Promise<RecordedFile | undefined> => {
  const [first] = parts;
  const target = finalPathFor(finalPath);
  if (!first || !target) throw new Error(`${finalPath}: there is nothing to join to a recording.`);
  const { format } = target;
  if (!(await exists(finalPath))) {
    const sizes = await Promise.all(parts.map(async ({ path }) => (await stat(path)).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (!(await hasRoomForBytes(dirname(finalPath), bytes))) return undefined;
    if (format === 'mp3') {
      await joinSound(parts, finalPath);
    } else if (!(await joinPackets(parts, finalPath, format))) {
      return undefined;
    }
  }
  for (const { path } of parts) {
    if (path !== finalPath) await rm(path, { force: true });
  }
  const file = await probe(finalPath);
  const pausedMs = parts.reduce((sum, part) => sum + part.pausedMs, 0);
  return {
    path: finalPath,
    format,
    startMs: first.startMs,
    endMs: first.startMs + file.durationSeconds * 1000 + pausedMs,
    ...file,
  };
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Times of the parts in the whole, in milliseconds. */
const placesOf = (parts: readonly RecordingPart[]): number[] => {
  const places: number[] = [];
  let atMs = 0;
  parts.forEach((part, index) => {
    const before = parts[index - 1];
    if (before) atMs += Math.max(0, part.startMs - before.startMs - before.pausedMs);
    places.push(atMs);
  });
  return places;
};

const joinSound = async (parts: readonly RecordingPart[], finalPath: string): Promise<void> => {
  const places = placesOf(parts);
  const sounds = parts.map(({ path }, index) => ({ path, startMs: places[index] ?? 0 }));
  const last = parts.at(-1);
  const lastMs = last ? (await probe(last.path)).durationSeconds * 1000 : 0;
  const durationMs = (places.at(-1) ?? 0) + lastMs;
  await putInPlace(finalPath, (output) => concatenateSound({ sounds, durationMs, output, format: 'mp3' }));
};

/** A part that is open for reading, and when it begins in the whole. */
type OpenPart = { input: Input; path: string; atSeconds: number };

const joinPackets = async (
  parts: readonly RecordingPart[],
  finalPath: string,
  format: CopyFormat,
): Promise<boolean> => {
  const places = placesOf(parts);
  const open = parts.map(({ path }, index): OpenPart => ({
    input: new Input({ source: new FilePathSource(path), formats: ALL_FORMATS }),
    path,
    atSeconds: (places[index] ?? 0) / 1000,
  }));
  try {
    const video = await joinedVideo(open);
    const audio = await joinedAudio(open);
    if (video === 'different' || audio === 'different') return false;
    const tracks = [audio, video].filter((track) => track !== undefined);
    await putInPlace(finalPath, async (path) => {
      await writeContainer(path, format, tracks);
    });
    return true;
  } finally {
    for (const { input } of open) input.dispose();
  }
};

const VIDEO_CODECS: Record<string, VideoCodec> = { avc: 'h264', vp8: 'vp8' };

const joinedVideo = async (parts: readonly OpenPart[]): Promise<TrackToWrite | 'different' | undefined> => {
  const tracks = await Promise.all(
    parts.map(async ({ input, atSeconds }) => {
      const track = await input.getPrimaryVideoTrack();
      const codec = track && (await track.getCodec());
      const decoderConfig = track && (await track.getDecoderConfig());
      return track && codec && decoderConfig
        ? { sink: new EncodedPacketSink(track), codec, decoderConfig, atSeconds }
        : undefined;
    }),
  );
  const [first] = tracks;
  const present = tracks.filter((track) => track !== undefined);
  if (!first) return present.length > 0 ? 'different' : undefined;
  const codec = VIDEO_CODECS[first.codec];
  const alike = present.every((track) => sameVideo(track.decoderConfig, first.decoderConfig));
  if (present.length < tracks.length || !alike || !codec) return 'different';
  const lastPart = present.at(-1);
  return {
    kind: 'video',
    source: new EncodedVideoPacketSource(first.codec),
    decoderConfig: first.decoderConfig,
    packets: joinPictures(codec, present),
    maximumPackets: () => countAll(present, (lastPart?.atSeconds ?? 0) / PICTURE_SECONDS),
    lastDurationSeconds: (packet) => packet.duration || PICTURE_SECONDS,
  };
};

const joinedAudio = async (parts: readonly OpenPart[]): Promise<TrackToWrite | 'different' | undefined> => {
  const tracks = await Promise.all(
    parts.map(async ({ input, atSeconds }) => {
      const track = await input.getPrimaryAudioTrack();
      const codec = track && (await track.getCodec());
      const decoderConfig = track && (await track.getDecoderConfig());
      return track && decoderConfig && (codec === 'aac' || codec === 'opus')
        ? { sink: new EncodedPacketSink(track), codec, decoderConfig, atSeconds }
        : undefined;
    }),
  );
  const [first] = tracks;
  const present = tracks.filter((track) => track !== undefined);
  if (!first) return present.length > 0 ? 'different' : undefined;
  const alike = present.every(({ decoderConfig }) => sameAudio(decoderConfig, first.decoderConfig));
  if (present.length < tracks.length || !alike) return 'different';
  const { frameMs } = composedSound[first.codec];
  const lastPart = present.at(-1);
  return {
    kind: 'audio',
    source: new EncodedAudioPacketSource(first.codec),
    decoderConfig: first.decoderConfig,
    packets: joinSounds(first.codec, present),
    maximumPackets: () => countAll(present, ((lastPart?.atSeconds ?? 0) * 1000) / frameMs),
    lastDurationSeconds: () => frameMs / 1000,
  };
};

type PartTrack = { sink: EncodedPacketSink; atSeconds: number };

/** Packets of all parts, and as many more as may be made up between them. */
const countAll = async (tracks: readonly PartTrack[], madeUp: number): Promise<number> => {
  let count = Math.ceil(madeUp) + tracks.length;
  for (const { sink } of tracks) count += await countPackets(sink);
  return count;
};

/** The pictures of all parts on their places; the last of a part is shown until the next part begins. */
async function* joinPictures(
  codec: VideoCodec,
  tracks: readonly PartTrack[],
): AsyncGenerator<EncodedPacket, void, unknown> {
  const repeater = createPictureRepeater(codec);
  const decoded = codec === 'h264' ? toAnnexB : (data: Uint8Array) => data;
  const encoded = codec === 'h264' ? toLengthPrefixed : (data: Uint8Array) => data;
  let place = -1;
  for (const { sink, atSeconds } of tracks) {
    let begins = true;
    for await (const packet of sink.packets()) {
      const own = Math.round((packet.timestamp + atSeconds) * PICTURE_PLACES_PER_SECOND);
      const next = Math.max(place + 1, own);
      if (begins && place >= 0) {
        for (; next - place > PLACES_PER_PICTURE; place += PLACES_PER_PICTURE) {
          const copy = repeater.copy();
          if (!copy) break;
          const atSeconds = (place + PLACES_PER_PICTURE) / PICTURE_PLACES_PER_SECOND;
          yield new EncodedPacket(encoded(copy), 'delta', atSeconds, PICTURE_SECONDS);
        }
      }
      begins = false;
      repeater.observe(decoded(packet.data), packet.type === 'key');
      place = next;
      yield packet.clone({ timestamp: place / PICTURE_PLACES_PER_SECOND });
    }
  }
}

/** The sound of all parts end to end, silence where there is none. */
async function* joinSounds(
  codec: AudioCodec,
  tracks: readonly PartTrack[],
): AsyncGenerator<EncodedPacket, void, unknown> {
  const { frameMs, silence } = composedSound[codec];
  const frameSeconds = frameMs / 1000;
  let originSeconds: number | undefined;
  let next = 0;
  for (const { sink, atSeconds } of tracks) {
    for await (const packet of sink.packets()) {
      const timestamp = packet.timestamp + atSeconds;
      originSeconds ??= timestamp;
      const place = Math.round((timestamp - originSeconds) / frameSeconds);
      if (place < next) continue;
      for (; next < place; next++) {
        yield new EncodedPacket(silence, 'key', originSeconds + next * frameSeconds, frameSeconds);
      }
      yield packet.clone({ timestamp: originSeconds + place * frameSeconds });
      next = place + 1;
    }
  }
}

const sameVideo = (a: VideoDecoderConfig, b: VideoDecoderConfig): boolean =>
  a.codec === b.codec &&
  a.codedWidth === b.codedWidth &&
  a.codedHeight === b.codedHeight &&
  sameBytes(a.description, b.description);

const sameAudio = (a: AudioDecoderConfig, b: AudioDecoderConfig): boolean =>
  a.codec === b.codec &&
  a.sampleRate === b.sampleRate &&
  a.numberOfChannels === b.numberOfChannels &&
  sameBytes(a.description, b.description);

type Description = VideoDecoderConfig['description'];

const sameBytes = (a: Description, b: Description): boolean =>
  a === b || (a !== undefined && b !== undefined && bytesOf(a).equals(bytesOf(b)));

const bytesOf = (source: NonNullable<Description>): Buffer =>
  ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(new Uint8Array(source));
