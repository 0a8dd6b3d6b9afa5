import { access, rm } from 'node:fs/promises';
import { finalPathFor, workingPathFor } from './file-format.ts';
import { finishFile } from './finish.ts';
import { probe } from './probe.ts';
import type { RecordedFile } from './recorded-file.ts';
import { wholeLengthOfUnfinished } from './unfinished-matroska.ts';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Completes a recording that a killed process left open: gives it duration and index, in its final container, by
 * the same atomic rule as an ordinary end. Takes the working file's path or the final one and may be called again.
 *
 * @param startMs - Session time of the file's start, when known.
 * @throws when there is no such file, or nothing in it can be read; the file is then left as it is.
 */
export const recoverRecording = async (path: string, startMs = 0): Promise<RecordedFile> => {
  const target = finalPathFor(path);
  if (!target) throw new Error(`${path} is not named like a recording (.webm, .mkv, .mp4, .ogg).`);
  const workingPath = workingPathFor(target.path, target.format);
  if ((await exists(workingPath)) && (await wholeLengthOfUnfinished(workingPath)) !== undefined) {
    await finishFile({ workingPath, finalPath: target.path, format: target.format });
  } else if (workingPath !== target.path && (await exists(target.path))) {
    // Killed between the rename and the removal of the working file.
    await rm(workingPath, { force: true });
  }
  await rm(`${target.path}.finishing`, { force: true });
  const file = await probe(target.path);
  return {
    path: target.path,
    format: target.format,
    startMs,
    endMs: startMs + file.durationSeconds * 1000,
    ...file,
  };
};
