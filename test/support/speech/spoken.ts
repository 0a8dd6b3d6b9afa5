import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { packetsOf, type EncodedClip } from '../runtime/encoded-clip.ts';
import { temporaryDirectory } from '../temporary/index.ts';

const run = promisify(execFile);

/** Voices of flite, of those that the built-in recogniser understands. */
export type Voice = 'slt' | 'rms' | 'awb' | 'kal';
export type Line = { text: string; voice: Voice };
/** A line and when it sounds, in milliseconds from the beginning of the sound it is in. */
export type SpokenLine = Line & { startMs: number; endMs: number };

/** Lines said one after the other. */
export type Speech = {
  lines: readonly SpokenLine[];
  /** 48 kHz, mono. */
  samples: Int16Array;
  durationMs: number;
};

export const SPEECH_SAMPLE_RATE = 48_000;
const SAMPLES_PER_MS = SPEECH_SAMPLE_RATE / 1000;
const OPUS_FRAME_MS = 20;
/** Voices breathe and hiss before they speak; speech is what is at most 35 dB below their loudest 10 ms. */
const AUDIBLE_SHARE = 10 ** (-35 / 20);
const LEVEL_SAMPLES = 10 * SAMPLES_PER_MS;

/**
 * Says lines one after the other with flite's voices.
 *
 * @param options.leadMs - Silence before the first line
 * @param options.pauseMs - Silence between lines
 * @param options.tailMs - Silence behind the last line
 */
export async function speak(
  lines: readonly Line[],
  { leadMs = 1000, pauseMs = 1200, tailMs = 2000 } = {},
): Promise<Speech> {
  const spoken: { line: SpokenLine; samples: Int16Array; at: number }[] = [];
  let at = leadMs * SAMPLES_PER_MS;
  for (const line of lines) {
    const { samples, first, last } = await clipOf(line);
    const [startMs, endMs] = [(at + first) / SAMPLES_PER_MS, (at + last) / SAMPLES_PER_MS];
    spoken.push({ line: { ...line, startMs, endMs }, samples, at });
    at += samples.length + pauseMs * SAMPLES_PER_MS;
  }
  const length = at + Math.max(0, tailMs - pauseMs) * SAMPLES_PER_MS;
  const samples = new Int16Array(Math.ceil(length));
  for (const clip of spoken) {
    samples.set(clip.samples, clip.at);
  }
  return {
    lines: spoken.map(({ line }) => line),
    samples,
    durationMs: samples.length / SAMPLES_PER_MS,
  };
}

async function clipOf({ text, voice }: Line): Promise<{ samples: Int16Array; first: number; last: number }> {
  await using folder = await temporaryDirectory('roomflow-speech-');
  const [said, words] = [folder.entry('said.s16'), folder.entry('said.txt')];
  await writeFile(words, text);
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `flite=textfile=${words}:voice=${voice}`],
    ...['-ar', String(SPEECH_SAMPLE_RATE), '-ac', '1', '-f', 's16le', said],
  ]);
  const samples = await samplesOf(said);
  const levels = Array.from({ length: Math.floor(samples.length / LEVEL_SAMPLES) }, (_, index) =>
    level(samples.subarray(index * LEVEL_SAMPLES, (index + 1) * LEVEL_SAMPLES)),
  );
  const threshold = Math.max(...levels) * AUDIBLE_SHARE;
  const isAudible = (value: number): boolean => value > threshold;
  return {
    samples,
    first: levels.findIndex(isAudible) * LEVEL_SAMPLES,
    last: (levels.findLastIndex(isAudible) + 1) * LEVEL_SAMPLES,
  };
}

const level = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Signed 16 bit as it lies in a file. */
export async function samplesOf(path: string): Promise<Int16Array> {
  const bytes = await readFile(path);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
}

/** Writes speech to a WAV file, or to any other that ffmpeg knows by its name. */
export async function writeSpeech(
  { samples }: Speech,
  path: string,
  encoding: readonly string[] = [],
): Promise<void> {
  await using folder = await temporaryDirectory('roomflow-speech-');
  const raw = folder.entry('speech.s16');
  await writeFile(raw, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 's16le', '-ar', String(SPEECH_SAMPLE_RATE), '-ac', '1', '-i', raw],
    ...[...encoding, path],
  ]);
}

/** Speech as a browser sends it: Opus of 20 ms and 32 kbps. */
export async function encodeSpeech(speech: Speech): Promise<EncodedClip> {
  await using folder = await temporaryDirectory('roomflow-speech-');
  const path = folder.entry('speech.mkv');
  await writeSpeech(speech, path, [
    ...['-ac', '2', '-c:a', 'libopus', '-b:a', '32k', '-application', 'voip'],
    ...['-frame_duration', String(OPUS_FRAME_MS)],
  ]);
  return { codec: 'opus', frameMs: OPUS_FRAME_MS, frames: await packetsOf(path, 'audio') };
}
