import type { SoundToMerge } from '../media/index.ts';
import type { StoredFile } from '../store/index.ts';
import type { Pause } from './recording-parts.ts';

/** A sound that is a stretch of its file. */
export type SoundOfFile = SoundToMerge & { stretch: NonNullable<SoundToMerge['stretch']> };

/**
 * Where in the session the sound of a recorded file lies. What was paused is not in the file, so it is taken in the
 * stretches between. Pure.
 */
export function soundsOfFile(
  file: Pick<StoredFile, 'path' | 'startMs' | 'durationSeconds' | 'audioCodec'>,
  pauses: readonly Pause[],
): SoundOfFile[] {
  if (file.audioCodec === null) {
    return [];
  }
  const { path, startMs } = file;
  const durationMs = file.durationSeconds * 1000;
  const sounds: SoundOfFile[] = [];
  let fileMs = 0;
  let sessionMs = startMs;
  const take = (lengthMs: number): void => {
    if (lengthMs > 0) {
      sounds.push({
        path,
        startMs: sessionMs,
        endMs: sessionMs + lengthMs,
        stretch: { fromMs: fileMs, toMs: fileMs + lengthMs },
      });
    }
  };
  for (const [fromMs, toMs] of pauses) {
    const lengthMs = Math.min(fromMs - sessionMs, durationMs - fileMs);
    if (toMs !== null && toMs > sessionMs && fileMs + lengthMs < durationMs) {
      take(lengthMs);
      fileMs += Math.max(0, lengthMs);
      sessionMs = toMs;
    }
  }
  take(durationMs - fileMs);
  return sounds;
}
