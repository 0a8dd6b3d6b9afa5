import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serialize } from 'node:v8';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeCheck, probe, recoverRecording } from '../../../runtime/media/index.ts';
import type { EncodedFrame, VideoCodec } from '../../../runtime/media/index.ts';
import { decodeDigests } from './support/decoded.ts';
import { recordFrames } from './support/record.ts';
import { encodeAudio, encodeVideo } from './support/sources.ts';

const PROGRAM = new URL('./support/recording-process.ts', import.meta.url).pathname;
/** What a file cut off in the middle of a packet makes ffmpeg say; everything before it is whole. */
const CUT_OFF = /File ended prematurely|Truncating packet/;

let folder: string;
let audio: EncodedFrame[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-survival-'));
  audio = await encodeAudio(folder, 12);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

type Line = { path?: string; nowMs?: number; failure?: string; file?: { path: string } };

/** Starts a process that records frames, and hands on each line it prints. */
const startRecording = async (
  frames: EncodedFrame[],
  options: { name: string; arguments?: string[]; through?: string[] },
) => {
  const framesPath = join(folder, `${options.name}.frames`);
  await writeFile(framesPath, serialize(frames.toSorted((a, b) => a.timestampMs - b.timestampMs)));
  const directory = join(folder, options.name);
  const [command, ...rest] = [
    ...(options.through ?? []),
    ...[process.execPath, PROGRAM, framesPath, directory],
    ...(options.arguments ?? []),
  ];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: Line[] = [];
  const reader = createInterface({ input: child.stdout });
  const closed = once(reader, 'close');
  const listeners = new Set<() => void>();
  reader.on('line', (line) => {
    lines.push(JSON.parse(line) as Line);
    for (const listener of listeners) listener();
  });
  const until = (condition: (lines: Line[]) => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition(lines)) return;
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      check();
    });
  return { child, lines, directory, until, closed };
};

const lastNowMs = (lines: Line[]) => lines.findLast(({ nowMs }) => nowMs !== undefined)?.nowMs ?? 0;

describe('a recording whose process is killed', () => {
  it.each([
    { codec: 'vp8', muteVideoAt: undefined },
    { codec: 'vp8', muteVideoAt: 2000 },
    { codec: 'h264', muteVideoAt: undefined },
    { codec: 'vp9', muteVideoAt: 2000 },
  ] as { codec: VideoCodec; muteVideoAt: number | undefined }[])(
    'plays up to a second before the kill, and is completed afterwards ($codec, camera off at: $muteVideoAt)',
    async ({ codec, muteVideoAt }) => {
      const video = await encodeVideo(folder, { codec, seconds: 12 });
      const sent = video.filter(({ timestampMs }) => timestampMs < (muteVideoAt ?? Infinity));
      const { child, lines, directory, until, closed } = await startRecording([...audio, ...sent], {
        name: `killed-${codec}-${muteVideoAt ?? 'never'}`,
        arguments: muteVideoAt === undefined ? [] : [String(muteVideoAt)],
      });
      await until((printed) => lastNowMs(printed) >= 4500);
      child.kill('SIGKILL');
      await closed;
      const killedAtMs = lastNowMs(lines);
      const path = lines.find((line) => line.path !== undefined)!.path!;

      expect((await decodeCheck(path)).filter((line) => !CUT_OFF.test(line))).toEqual([]);
      const heard = await decodeDigests(path, 'a:0');
      const shown = await decodeDigests(path, 'v:0');
      expect(heard.at(-1)!.atMs).toBeGreaterThan(killedAtMs - 1000);
      expect(shown.at(-1)!.atMs).toBeGreaterThan(killedAtMs - 1000);

      // The file knows itself where in the session it began; what is said here is for files that do not.
      const recovered = await recoverRecording(path, 100);
      expect(recovered).toMatchObject({ videoCodec: codec, audioCodec: 'opus', startMs: 0 });
      expect(recovered.durationSeconds).toBeGreaterThan(killedAtMs / 1000 - 1);
      expect(await decodeCheck(recovered.path)).toEqual([]);
      expect((await decodeDigests(recovered.path, 'v:0')).length).toBe(shown.length);

      const again = await recoverRecording(path, 0);
      expect(again).toEqual(recovered);
      expect(await readdir(directory)).toEqual([recovered.path.split('/').at(-1)]);
    },
  );

  it('is completed also when it was killed while it was being completed', async () => {
    const directory = join(folder, 'killed-late');
    await mkdir(directory, { recursive: true });
    const { child, lines, until, closed } = await startRecording(audio, { name: 'killed-late' });
    await until((printed) => lastNowMs(printed) >= 3000);
    child.kill('SIGKILL');
    await closed;
    const path = lines.find((line) => line.path !== undefined)!.path!;
    await writeFile(`${path}.finishing`, 'half a file');
    const recovered = await recoverRecording(path);
    expect(await decodeCheck(recovered.path)).toEqual([]);
    expect(await readdir(directory)).toEqual([recovered.path.split('/').at(-1)]);
  });
});

describe('a recording on a full disk', () => {
  it('reports it once and leaves a playable file', async () => {
    const video = await encodeVideo(folder, { codec: 'vp8', seconds: 6, size: '640x480' });
    const sound = audio.filter(({ timestampMs }) => timestampMs < 6000);
    const limitBytes = 200_000;
    const { lines, closed } = await startRecording([...sound, ...video], {
      name: 'full',
      through: ['prlimit', `--fsize=${limitBytes}`],
    });
    await closed;
    expect(lines.filter(({ failure }) => failure !== undefined).length).toBe(1);
    const file = lines.find((line) => line.file !== undefined)!.file!;
    expect((await stat(file.path)).size).toBeLessThanOrEqual(limitBytes);
    expect((await decodeCheck(file.path)).filter((line) => !CUT_OFF.test(line))).toEqual([]);
    expect((await probe(file.path)).durationSeconds).toBeGreaterThan(0.5);
  });

  it('keeps the working file when there is no room for the finished one', async () => {
    const directory = join(folder, 'no-room');
    await mkdir(directory, { recursive: true });
    // A folder in the place of the temporary file: it cannot be created.
    await mkdir(join(directory, 'recording.webm.finishing', 'occupied'), { recursive: true });
    const video = await encodeVideo(folder, { codec: 'vp8', seconds: 2 });
    const { files, failures } = await recordFrames([...audio, ...video], { directory, endMs: 2000 });
    expect(failures.length).toBe(1);
    expect(files.length).toBe(1);
    expect((await decodeCheck(files[0]!.path)).filter((line) => !CUT_OFF.test(line))).toEqual([]);
    await rm(join(directory, 'recording.webm.finishing'), { recursive: true });

    // Cut anywhere, as a failing disk may, it gives what is whole before the cut.
    const { size } = await stat(files[0]!.path);
    for (const share of [0.9, 0.7, 0.5, 0.3]) {
      const cut = join(directory, `cut-${share}.webm`);
      await copyFile(files[0]!.path, cut);
      await truncate(cut, Math.round(size * share));
      const recovered = await recoverRecording(cut);
      expect(recovered.durationSeconds).toBeGreaterThan(2 * share - 0.5);
      expect(await decodeCheck(cut)).toEqual([]);
    }
    expect((await recoverRecording(files[0]!.path)).durationSeconds).toBeCloseTo(2, 1);
  });
});

describe('recovery', () => {
  it('refuses what is no recording, and leaves it as it is', async () => {
    const path = join(folder, 'notes.webm');
    await writeFile(path, 'no video at all');
    await expect(recoverRecording(path)).rejects.toThrow();
    expect((await stat(path)).size).toBe(15);
    await expect(recoverRecording(join(folder, 'notes.txt'))).rejects.toThrow('notes.txt');
    await expect(recoverRecording(join(folder, 'missing.webm'))).rejects.toThrow();
  });

  it('leaves a finished file untouched', async () => {
    const directory = join(folder, 'finished');
    const { files } = await recordFrames(audio, { directory, mode: 'audio', endMs: 3000 });
    const before = await stat(files[0]!.path);
    await copyFile(files[0]!.path, join(folder, 'copy.ogg'));
    const recovered = await recoverRecording(files[0]!.path);
    expect(recovered.durationSeconds).toBeCloseTo(3, 1);
    expect((await stat(files[0]!.path)).mtimeMs).toBe(before.mtimeMs);
  });
});
