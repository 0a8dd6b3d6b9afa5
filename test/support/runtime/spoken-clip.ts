import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../temporary/index.ts';
import { packetsOf, type EncodedClip } from './encoded-clip.ts';

const run = promisify(execFile);
const PACKET_MS = 20;

/** A sentence between two stretches of silence, in flite's voice. */
export async function encodeSpokenClip(
  text: string,
  { silenceSeconds = 1.5 }: { silenceSeconds?: number } = {},
): Promise<EncodedClip> {
  await using directory = await temporaryDirectory();
  const path = directory.entry('spoken.mkv');
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `flite=text='${text}':voice=slt`],
    ...['-af', `adelay=${silenceSeconds * 1000},apad=pad_dur=${silenceSeconds}`],
    ...['-ac', '2', '-ar', '48000', '-c:a', 'libopus', '-b:a', '48k', path],
  ]);
  return { codec: 'opus', frameMs: PACKET_MS, frames: await packetsOf(path) };
}
