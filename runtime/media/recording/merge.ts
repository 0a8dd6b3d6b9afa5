import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mixChannels } from '../ffmpeg/index.ts';
import type { PlacedSound } from '../ffmpeg/index.ts';
import { putInPlace } from './durable.ts';
import { probe } from './probe.ts';
import type { RecordedFile } from './recorded-file.ts';

/** A recorded file, or a stretch of it, and where in the session it lies, in milliseconds. */
export type SoundToMerge = PlacedSound & { endMs: number };

/**
 * Makes one stereo file of recordings: the sound of `left` in its left channel, that of `right` in its right one, each
 * where it lies in the session. The file begins with the earliest of them. What is at `path` stays until the new
 * file is durable.
 *
 * @throws when a file cannot be read, or the signal's reason when it is broken off.
 */
export const mergeRecordings = async (options: {
  left: readonly SoundToMerge[];
  right: readonly SoundToMerge[];
  path: string;
  format: 'mp3' | 'm4a';
  signal?: AbortSignal;
}): Promise<RecordedFile> => {
  const { left, right, path, format, signal } = options;
  const all = [...left, ...right];
  const startMs = Math.min(...all.map((sound) => sound.startMs));
  const endMs = Math.max(...all.map((sound) => sound.endMs));
  const placed = (sounds: readonly SoundToMerge[]): PlacedSound[] =>
    sounds.map((sound) => ({ ...sound, startMs: sound.startMs - startMs }));
  await mkdir(dirname(path), { recursive: true });
  await putInPlace(path, (output) =>
    mixChannels({
      left: placed(left),
      right: placed(right),
      durationMs: endMs - startMs,
      output,
      format,
      ...(signal ? { signal } : {}),
    }),
  );
  return { path, format, startMs, endMs, ...(await probe(path)) };
};
