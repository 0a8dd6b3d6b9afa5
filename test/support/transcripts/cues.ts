import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../oracle/ffmpeg.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import { clockMs, type Spoken } from './spoken.ts';

/**
 * The cues of a SubRip or WebVTT file as ffmpeg's demuxer takes it apart: it is written out anew as the other format,
 * or, where voice tags would be lost, as the same, and read strictly. ffmpeg's warnings are errors here.
 */
export async function cuesOf(text: string, format: 'srt' | 'vtt'): Promise<Spoken[]> {
  await using folder = await temporaryDirectory('roomflow-cues-');
  const path = join(folder.path, `transcript.${format}`);
  await writeFile(path, text);
  const chunks: Buffer[] = [];
  const complaints: string[] = [];
  const output = format === 'srt' ? ['-f', 'webvtt'] : ['-c', 'copy', '-f', 'webvtt'];
  await runFfmpeg(['-i', path, ...output, 'pipe:1'], {
    onFirstOutput: (chunk) => chunks.push(chunk),
    onLogLine(line) {
      if (/\[(warning|error|fatal)\]/.test(line)) {
        complaints.push(line);
      }
    },
  });
  if (complaints.length > 0) {
    throw new Error(`ffmpeg complains of the ${format} file:\n${complaints.join('\n')}`);
  }
  const [head, ...blocks] = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n\n');
  if (head?.startsWith('WEBVTT') !== true) {
    throw new Error(`ffmpeg wrote no WebVTT but "${head ?? ''}"`);
  }
  return blocks.filter((block) => block !== '').map((block) => cueOf(block, format));
}

function cueOf(block: string, format: 'srt' | 'vtt'): Spoken {
  const [times = '', ...lines] = block.split('\n');
  const [, start = '', end = ''] = /^(\S+) --> (\S+)$/.exec(times) ?? [];
  const [line] = lines;
  if (line === undefined || lines.length > 1) {
    throw new Error(`The cue "${block}" has not one line`);
  }
  const [, speaker = '', text = line] =
    (format === 'vtt' ? /^<v ([^>]+)>(.*)$/ : /^([^:]+): (.*)$/).exec(line) ?? [];
  return { startMs: clockMs(start), endMs: clockMs(end), speaker: unescaped(speaker), text: unescaped(text) };
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
