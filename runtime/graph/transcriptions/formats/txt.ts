import { secondsText } from './clock-text.ts';
import { shownSegments, type Transcript } from './transcript.ts';

/** For people to read: one line a segment, `[00:00:05 - 00:00:09] Ada: What was said`. */
export function toTxt({ segments }: Transcript): string {
  return shownSegments(segments)
    .map(({ startMs, endMs, speaker, text }) => {
      const who = speaker === '' ? '' : `${speaker}: `;
      return `[${secondsText(startMs)} - ${secondsText(endMs)}] ${who}${text}\n`;
    })
    .join('');
}
