import { access, rm } from 'node:fs/promises';
import { FilePathSource, Input, MATROSKA, WEBM } from 'mediabunny';
import { temporaryPathFor } from './durable.ts';
import { finalPathFor, workingPathFor } from './file-format.ts';
import { finishFile } from './finish.ts';
import { probe } from './probe.ts';
import type { FileFormat, RecordedFile } from './recorded-file.ts';
import { hasRoomForCopy } from './room-for-copy.ts';
import { readSessionStart } from './session-start.ts';
import { isBareBeginning, wholeLengthOfUnfinished } from './unfinished-matroska.ts';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Completes a recording that a killed process left open: gives it duration and index, in its final container, by
 * the same atomic rule as an ordinary end. Without room for the copy the working file, which plays, is the result. Takes the working file's path or the final one and may be called again.
 *
 * @param startMs - Session time of the file's start, for files that do not know it themselves.
 * @throws when there is no such file, or nothing in it can be read; the file is then left as it is.
 */
export const recoverRecording = async (path: string, startMs = 0): Promise<RecordedFile> => {
  const target = finalPathFor(path);
  if (!target)
    throw new Error(`${path} is not named like a recording (.webm, .mkv, .mp4, .ogg, .m4a, .mp3).`);
  const workingPath = workingPathFor(target.path, target.format);
  let fileStartMs = startMs;
  if (await exists(workingPath)) fileStartMs = (await startOf(workingPath)) ?? startMs;
  if ((await exists(workingPath)) && (await wholeLengthOfUnfinished(workingPath)) !== undefined) {
    if (!(await hasRoomForCopy(workingPath))) {
      return describe(workingPath, workingPath === target.path ? target.format : 'mkv', fileStartMs);
    }
    await finishFile({ workingPath, finalPath: target.path, format: target.format });
  } else if (workingPath !== target.path && (await exists(target.path))) {
    // Killed between the rename and the removal of the working file.
    await rm(workingPath, { force: true });
  }
  await rm(temporaryPathFor(target.path), { force: true });
  return describe(target.path, target.format, fileStartMs);
};

/**
 * Removes what a process left that was killed before it had recorded anything: a file without a single frame.
 *
 * @returns whether there was such a file; there is nothing to recover then
 */
export const removeBareBeginning = async (path: string): Promise<boolean> => {
  const target = finalPathFor(path);
  if (!target) return false;
  const workingPath = workingPathFor(target.path, target.format);
  if (!(await exists(workingPath)) || !(await isBareBeginning(workingPath))) return false;
  await rm(workingPath, { force: true });
  return workingPath === target.path || !(await exists(target.path));
};

/** What a working file says of its own start. */
const startOf = async (path: string): Promise<number | undefined> => {
  const input = new Input({ source: new FilePathSource(path), formats: [WEBM, MATROSKA] });
  try {
    return await readSessionStart(input);
  } finally {
    input.dispose();
  }
};

const describe = async (path: string, format: FileFormat, startMs: number): Promise<RecordedFile> => {
  const file = await probe(path);
  return { path, format, startMs, endMs: startMs + file.durationSeconds * 1000, ...file };
};
