import type { SoundToMerge } from '../media/index.ts';
import type { StoredFile } from '../store/index.ts';
import type { Pause } from './recording-parts.ts';

/**
 * Where in the session the sound of a recorded file lies. What was paused is not in the file, so it is taken in the
 * stretches between. Pure.
 */
export function soundsOfFile(file: StoredFile, pauses: readonly Pause[]): SoundToMerge[] {
  if (file.audioCodec === null) {
    return [];
  }
  const { path, startMs } = file;
  const durationMs = file.durationSeconds * 1000;
  const sounds: SoundToMerge[] = [];
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
