import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRecorder,
  decodeCheck,
  joinRecording,
  recoverRecording,
} from '../../../runtime/media/index.ts';
import type { EncodedFrame, FileFormat, RecordedFile } from '../../../runtime/media/index.ts';
import { analyseBeepAndFlash } from '../../support/oracle/index.ts';
import { decodeDigests, decodeLoudness } from './support/decoded.ts';
import { recordFrames } from './support/record.ts';
import { between, encodeAudio, encodeComposition, encodeVideo, shift } from './support/sources.ts';

type Composition = { video: EncodedFrame[]; audio: EncodedFrame[] };
const PICTURE_MS = 1000 / 30;

let folder: string;
let composition: Composition;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-joined-'));
  composition = await encodeComposition(folder, 6);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const framesOf = ({ video, audio }: Composition): EncodedFrame[] => [...video, ...audio];

/** Records what a first worker would have, and then another that took the recording up after a gap of two seconds. */
const recordParts = async (
  options: { first?: Composition; second?: Composition; fileFormat?: FileFormat; mode?: 'audio' } = {},
): Promise<{ directory: string; parts: RecordedFile[] }> => {
  const { first = composition, second = composition, ...recording } = options;
  const directory = join(folder, `run-${++runs}`);
  const record = async (frames: EncodedFrame[], part: number, startMs: number) => {
    const { files } = await recordFrames(shift(frames, startMs), {
      directory,
      fileBaseName: `step-${part}`,
      source: 'composition',
      startMs,
      endMs: startMs + 6100,
      ...recording,
    });
    return files[0]!;
  };
  const parts = [await record(framesOf(first), 1, 10_000), await record(framesOf(second), 2, 18_000)];
  return { directory, parts };
};

const joinParts = (directory: string, parts: RecordedFile[], extension = 'mp4') =>
  joinRecording(
    parts.map(({ path, startMs }) => ({ path, startMs, pausedMs: 0 })),
    join(directory, `step.${extension}`),
  );

describe('the parts of an interrupted recording', () => {
  it('become one file as long as the session, with the last picture and silence in between', async () => {
    const { directory, parts } = await recordParts();
    const joined = await joinParts(directory, parts);
    expect(joined).toMatchObject({ format: 'mp4', startMs: 10_000, videoCodec: 'h264', audioCodec: 'aac' });
    expect(joined!.durationSeconds).toBeCloseTo(14, 1);
    expect(joined!.endMs).toBeCloseTo(24_000, -2);
    expect(await readdir(directory)).toEqual(['step.mp4']);
    expect(await decodeCheck(joined!.path)).toEqual([]);

    const pictures = await decodeDigests(joined!.path, 'v:0');
    expect(pictures).toHaveLength(14 * 30);
    pictures.forEach(({ atMs }, index) => {
      expect(Math.abs(atMs - index * PICTURE_MS)).toBeLessThan(1);
    });
    const held = pictures[6 * 30 - 1]!.digest;
    expect(pictures.slice(6 * 30, 8 * 30).every(({ digest }) => digest === held)).toBe(true);
    const sound = await decodeLoudness(joined!.path);
    expect(sound.filter(({ atMs, db }) => atMs > 6100 && atMs < 7950 && db > -60)).toEqual([]);

    const report = await analyseBeepAndFlash(joined!.path);
    expect(report.beeps.map(Math.round)).toEqual([0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]);
    expect(Math.max(...report.offsetsMs.map(Math.abs))).toBeLessThan(25);
  });

  it('leave out what was paused', async () => {
    const { directory, parts } = await recordParts();
    const joined = await joinRecording(
      parts.map(({ path, startMs }, index) => ({ path, startMs, pausedMs: index === 0 ? 1500 : 0 })),
      join(directory, 'step.mp4'),
    );
    expect(joined!.durationSeconds).toBeCloseTo(12.5, 1);
  });

  it('may have been left open by a kill', async () => {
    const directory = join(folder, `run-${++runs}`);
    let workingPath = '';
    const lost = createRecorder({
      directory,
      fileBaseName: 'step-1',
      source: 'composition',
      mode: 'video-and-audio',
      startMs: 0,
      requestKeyFrame: () => undefined,
      onFailure: (error) => expect.unreachable(error.message),
      onFile: () => undefined,
      onOpen: (path) => {
        workingPath = path;
      },
    });
    for (const frame of shift(framesOf(composition), 5000).toSorted(
      (a, b) => a.timestampMs - b.timestampMs,
    )) {
      lost.write(frame);
    }
    lost.tick(11_000);
    await expect.poll(() => lost.stats().bytes).toBeGreaterThan(10_000);
    // Playable while it is written.
    expect((await decodeDigests(workingPath, 'v:0')).length).toBeGreaterThan(150);
    const first = await recoverRecording(workingPath);
    // The file itself knows where in the session it began.
    expect(first.startMs).toBe(5000);
    const { files } = await recordFrames(shift(framesOf(composition), 12_000), {
      directory,
      fileBaseName: 'step-2',
      source: 'composition',
      startMs: 12_000,
      endMs: 18_100,
    });
    const joined = await joinParts(directory, [first, files[0]!]);
    expect(joined!.durationSeconds).toBeCloseTo(13, 1);
    expect(await decodeCheck(joined!.path)).toEqual([]);
  });

  it('are removed when the whole was there before a crash, and a half-made whole is made anew', async () => {
    const { directory, parts } = await recordParts();
    await writeFile(join(directory, 'step.mp4.finishing'), 'half of it');
    const joined = await joinParts(directory, parts);
    expect(await readdir(directory)).toEqual(['step.mp4']);
    const again = await recordParts();
    const [first, second] = again.parts;
    const whole = await joinRecording(
      [
        { path: first!.path, startMs: first!.startMs, pausedMs: 0 },
        { path: second!.path, startMs: second!.startMs, pausedMs: 0 },
      ],
      joined!.path,
    );
    expect(whole).toMatchObject({ path: joined!.path, bytes: joined!.bytes });
    await expect(access(first!.path)).rejects.toThrow();
  });

  it('stay as they are when another encoder went on', async () => {
    const second = await encodeComposition(folder, 6, ['-preset', 'veryfast']);
    const { directory, parts } = await recordParts({ second });
    expect(await joinParts(directory, parts)).toBeUndefined();
    expect((await readdir(directory)).toSorted()).toEqual(['step-1.mp4', 'step-2.mp4']);
  });

  it.each(['m4a', 'mp3'] as const)('are joined as %s too', async (fileFormat) => {
    const { directory, parts } = await recordParts({ fileFormat, mode: 'audio' });
    const joined = await joinParts(directory, parts, fileFormat);
    expect(joined!.durationSeconds).toBeCloseTo(14, 0);
    expect(await readdir(directory)).toEqual([`step.${fileFormat}`]);
    expect(await decodeCheck(joined!.path)).toEqual([]);
    const sound = await decodeLoudness(joined!.path);
    const onsets = sound.filter(({ db }, index) => db > -20 && (sound[index - 1]?.db ?? -99) <= -20);
    expect(onsets.map(({ atMs }) => Math.round(atMs / 1000))).toEqual([
      0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13,
    ]);
  });

  it('are joined as WebM too', async () => {
    const vp8 = await encodeVideo(folder, { codec: 'vp8', seconds: 6, keyInterval: 60 });
    const open = {
      video: vp8.map((frame, index) => ({ ...frame, timestampMs: index * PICTURE_MS })),
      audio: between(await encodeAudio(folder, 6), 0, 6000),
    };
    const { directory, parts } = await recordParts({ first: open, second: open, fileFormat: 'webm' });
    const joined = await joinParts(directory, parts, 'webm');
    expect(joined!.durationSeconds).toBeCloseTo(14, 1);
    expect(await decodeCheck(joined!.path)).toEqual([]);
    expect(await decodeDigests(joined!.path, 'v:0')).toHaveLength(14 * 30);
  });
});
