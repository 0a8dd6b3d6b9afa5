import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRecorder,
  transcribeFile,
  type FileTranscriptionOptions,
} from '../../../runtime/media/index.ts';
import {
  childProcesses,
  temporaryDirectory,
  type TemporaryDirectory,
} from '../../support/temporary/index.ts';
import {
  encodeSpeech,
  linesOf,
  recogniseStraight,
  speak,
  wordErrorRate,
  writeSpeech,
  type Speech,
} from '../../support/speech/index.ts';

const run = promisify(execFile);
const MOST_OFF_MS = 300;
const PROGRAM = 'file-transcription-process';

describe('the transcript of a file', () => {
  let folder: TemporaryDirectory;
  let speech: Speech;
  let wav: string;
  const options = (path: string): FileTranscriptionOptions => ({
    path,
    engine: { type: 'pocketsphinx' },
    language: null,
    signal: new AbortController().signal,
  });

  beforeAll(async () => {
    folder = await temporaryDirectory('roomflow-file-transcript-');
    speech = await speak(linesOf('awb', 0, 4));
    wav = folder.entry('speech.wav');
    await writeSpeech(speech, wav);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  it('has the words and the times of what is said, faster than it is said', async () => {
    const shares: number[] = [];
    const startedAtMs = performance.now();
    const segments = await transcribeFile({ ...options(wav), onProgress: (share) => shares.push(share) });
    expect(performance.now() - startedAtMs).toBeLessThan(speech.durationMs);
    const source = speech.lines.map(({ text }) => text).join(' ');
    const alone = wordErrorRate(source, (await recogniseStraight(speech)).join(' '));
    expect(wordErrorRate(source, segments.map(({ text }) => text).join(' '))).toBeLessThanOrEqual(
      alone + 0.03,
    );
    expect(segments).toHaveLength(speech.lines.length);
    for (const [index, { startMs, endMs }] of speech.lines.entries()) {
      expect(Math.abs(segments[index]!.startMs - startMs)).toBeLessThan(MOST_OFF_MS);
      expect(Math.abs(segments[index]!.endMs - endMs)).toBeLessThan(MOST_OFF_MS);
    }
    expect(shares.at(-1)).toBeCloseTo(1, 1);
    expect(shares.toSorted((one, other) => one - other)).toEqual(shares);
  });

  it('is of one stretch alone where one is chosen, with times of the whole file', async () => {
    const [, second, third] = speech.lines;
    const segments = await transcribeFile({
      ...options(wav),
      fromMs: second!.startMs - 400,
      toMs: second!.endMs + 400,
    });
    expect(segments).toHaveLength(1);
    expect(Math.abs(segments[0]!.startMs - second!.startMs)).toBeLessThan(MOST_OFF_MS);
    expect(segments[0]!.endMs).toBeLessThan(third!.startMs);
  });

  it.each(['ogg', 'webm'] as const)(
    'keeps the times of a recording of twelve minutes with holes in it: %s',
    async (fileFormat) => {
      // The same sentences now and then, and nothing sent in between, for 12 minutes.
      const { frames } = await encodeSpeech(speech);
      const repeatsAtMs = [0, 130_003, 290_011, 455_017, 700_029];
      const recorder = createRecorder({
        directory: folder.path,
        fileBaseName: `long-${fileFormat}`,
        mode: 'audio',
        fileFormat,
        startMs: 0,
        requestKeyFrame: () => undefined,
        onFile: () => undefined,
        onFailure: (error) => {
          throw error;
        },
      });
      for (const beginMs of repeatsAtMs) {
        frames.forEach(({ data }, index) => {
          // A packet is lost now and then.
          if (index % 97 === 96) return;
          recorder.write({
            kind: 'audio',
            codec: 'opus',
            key: true,
            timestampMs: beginMs + index * 20,
            data,
          });
        });
      }
      const files = await recorder.finish(repeatsAtMs.at(-1)! + frames.length * 20);
      const segments = await transcribeFile(options(files[0]!.path));
      const expected = repeatsAtMs.flatMap((beginMs) => speech.lines.map(({ startMs }) => beginMs + startMs));
      expect(segments).toHaveLength(expected.length);
      const first = segments.slice(0, speech.lines.length);
      segments.forEach(({ startMs }, index) => {
        const repeat = Math.floor(index / speech.lines.length);
        const inFirst = first[index % speech.lines.length]!.startMs;
        // What is heard of the same sound again is as far from the truth as it was the first time.
        expect(Math.abs(startMs - inFirst - repeatsAtMs[repeat]!)).toBeLessThan(60);
      });
    },
  );

  it('is refused for a file without sound, and for what is no media file', async () => {
    const silent = folder.entry('silent.mp4');
    await run('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=5'],
      ...['-t', '1', silent],
    ]);
    const text = folder.entry('text.wav');
    await writeFile(text, 'This is no sound.');
    for (const path of [silent, text, folder.entry('absent.wav')]) {
      await expect(transcribeFile(options(path))).rejects.toMatchObject({ code: 'nothing-to-transcribe' });
    }
  });

  it('is broken off when nobody wants it any more, and leaves no process behind', async () => {
    const controller = new AbortController();
    const reason = new Error('deleted');
    const transcript = transcribeFile({
      ...options(wav),
      signal: controller.signal,
      onProgress: () => {
        controller.abort(reason);
      },
    });
    await expect(transcript).rejects.toBe(reason);
    expect(await childProcesses(process.pid, PROGRAM)).toEqual([]);
  });

  it('fails with a cause that says so when its process is killed', async () => {
    const transcript = transcribeFile({
      ...options(wav),
      onProgress: () => {
        void childProcesses(process.pid, PROGRAM).then((pids) => {
          for (const pid of pids) process.kill(pid, 'SIGKILL');
        });
      },
    });
    await expect(transcript).rejects.toMatchObject({ code: 'transcription-failed' });
  });

  it('is empty for silence', async () => {
    const silence = folder.entry('silence.wav');
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '3', silence]);
    expect(await transcribeFile(options(silence))).toEqual([]);
  });
});
