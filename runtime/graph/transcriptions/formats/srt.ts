import { clockText } from './clock-text.ts';
import { shownSegments, type Transcript } from './transcript.ts';

/** SubRip: numbered cues, each with its speaker before the text. */
export function toSrt({ segments }: Transcript): string {
  return shownSegments(segments)
    .map(({ startMs, endMs, speaker, text }, index) => {
      const line = speaker === '' ? text : `${speaker}: ${text}`;
      return `${index + 1}\n${clockText(startMs, ',')} --> ${clockText(endMs, ',')}\n${plain(line)}\n`;
    })
    .join('\n');
}

/** SubRip knows no escapes: an arrow would be taken for a cue's times, and braces for a player's commands. */
const plain = (text: string): string => text.replaceAll('-->', '→').replaceAll('{\\', '{ \\');
