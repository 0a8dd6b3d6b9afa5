import { clockText } from './clock-text.ts';
import { shownSegments, type Transcript } from './transcript.ts';

/** WebVTT (W3C): cues whose speakers stand in voice tags. */
export function toVtt({ segments }: Transcript): string {
  const cues = shownSegments(segments).map(({ startMs, endMs, speaker, text }) => {
    const voice = speaker === '' ? '' : `<v ${escaped(speaker)}>`;
    return `${clockText(startMs, '.')} --> ${clockText(endMs, '.')}\n${voice}${escaped(text)}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
