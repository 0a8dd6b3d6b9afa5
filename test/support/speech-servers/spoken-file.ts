import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../temporary/index.ts';

const run = promisify(execFile);

const fliteVoices: readonly string[] = ['awb', 'kal', 'kal16', 'rms', 'slt'];

/** Formats of OpenAI’s `/audio/speech` as ffmpeg makes them. */
const formats: Partial<Record<string, { type: string; args: readonly string[] }>> = {
  wav: { type: 'audio/wav', args: ['-f', 'wav'] },
  mp3: { type: 'audio/mpeg', args: ['-f', 'mp3'] },
  opus: { type: 'audio/ogg', args: ['-c:a', 'libopus', '-f', 'ogg'] },
  flac: { type: 'audio/flac', args: ['-f', 'flac'] },
  pcm: { type: 'audio/pcm', args: ['-f', 's16le', '-ac', '1', '-ar', '24000'] },
};

/**
 * A text spoken by one of flite’s voices; a name that flite does not know is `slt`.
 *
 * @returns null when there is no such format
 */
export async function spokenFile(
  text: string,
  voice: string,
  format: string,
): Promise<{ type: string; bytes: Buffer } | null> {
  const wanted = formats[format];
  if (wanted === undefined) return null;
  await using folder = await temporaryDirectory('roomflow-voice-');
  const [input, output] = [folder.entry('text.txt'), folder.entry('spoken')];
  await writeFile(input, text);
  const flite = `flite=textfile=${input}:voice=${fliteVoices.includes(voice) ? voice : 'slt'}`;
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', flite, ...wanted.args, output]);
  return { type: wanted.type, bytes: await readFile(output) };
}
