import { Compile } from 'typebox/compile';
import { TranscriptDocument } from '../../../runtime/contract/index.ts';
import type { Spoken } from './spoken.ts';

const documents = Compile(TranscriptDocument);

/** The rows of a TSV transcript; anything but a head line and four columns a row is an error. */
export function rowsOf(text: string): Spoken[] {
  const lines = text.split('\n');
  if (lines.shift() !== 'start\tend\tspeaker\ttext' || lines.pop() !== '') {
    throw new Error('The file has no head line, or does not end with its last row');
  }
  return lines.map((line) => {
    const [start = '', end = '', speaker = '', said = '', ...more] = line.split('\t');
    if (!/^\d+$/.test(start) || !/^\d+$/.test(end) || Number(start) >= Number(end) || more.length > 0) {
      throw new Error(`"${line}" is no row of start, end, speaker and text`);
    }
    return { startMs: Number(start), endMs: Number(end), speaker, text: said };
  });
}

/** The lines of a plain transcript; their times are whole seconds. */
export function linesOf(text: string): Spoken[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const parts = /^\[(\d+):(\d\d):(\d\d) - (\d+):(\d\d):(\d\d)\] (?:([^:]+): )?(.+)$/.exec(line);
      if (!parts) {
        throw new Error(`"${line}" is no line of a transcript`);
      }
      const secondsAt = (index: number): number =>
        Number(parts[index]) * 3600 + Number(parts[index + 1]) * 60 + Number(parts[index + 2]);
      return {
        startMs: secondsAt(1) * 1000,
        endMs: secondsAt(4) * 1000,
        speaker: parts[7] ?? '',
        text: parts[8] ?? '',
      };
    });
}

/** A JSON transcript, checked against the contract. */
export function documentOf(text: string): TranscriptDocument {
  const value: unknown = JSON.parse(text);
  if (!documents.Check(value)) {
    throw new Error(`No transcript: ${JSON.stringify([...documents.Errors(value)].slice(0, 3))}`);
  }
  return value;
}
