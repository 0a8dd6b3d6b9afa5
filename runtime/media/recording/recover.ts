import { access, open, rm } from 'node:fs/promises';
import { finalPathFor, workingPathFor } from './file-format.ts';
import { finishFile } from './finish.ts';
import { probe } from './probe.ts';
import type { RecordedFile } from './recorded-file.ts';

const SEGMENT_ID = Buffer.from([0x18, 0x53, 0x80, 0x67]);

/** Whether a Matroska file was left open: its segment has no size (RFC 8794 §6.2). */
const isUnfinished = async (path: string): Promise<boolean> => {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    const segment = buffer.subarray(0, bytesRead).indexOf(SEGMENT_ID);
    if (segment < 0) return false;
    const size = buffer.subarray(segment + 4, segment + 12);
    const length = Math.clz32(size[0] ?? 0) - 23;
    return size[0] === 0xff >> (length - 1) && size.subarray(1, length).every((byte) => byte === 0xff);
  } finally {
    await handle.close();
  }
};

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
  if ((await exists(workingPath)) && (await isUnfinished(workingPath))) {
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
