/** A text on the session clock, as subtitles show it. */
export type SubtitleCue = { id: string; startMs: number; endMs: number; speaker: string; text: string };

/**
 * One WebVTT segment of a subtitles rendition (RFC 8216bis §3.1.4): the cues that are seen between two times, each
 * with its own whole time, so that a player knows a cue that it has from the segment before.
 *
 * Cues are on the session clock, and so are the decode times of the media (`tfdt`): both begin at 0 together, which is
 * what X-TIMESTAMP-MAP says. 33 bits of MPEGTS never come into it.
 */
export function renderSubtitleSegment(
  cues: readonly SubtitleCue[],
  { startMs, endMs }: { startMs: number; endMs: number },
): string {
  const seen = cues.filter((cue) => cue.startMs < endMs && cue.endMs > startMs);
  return [
    'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n',
    ...seen.map(
      ({ id, speaker, text, ...cue }) =>
        `${id}\n${vttTime(cue.startMs)} --> ${vttTime(cue.endMs)}\n<v ${escaped(speaker)}>${escaped(`${speaker}: ${text}`)}\n`,
    ),
  ].join('\n');
}

/** Hours have as many digits as they need (WebVTT §4.1). */
function vttTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const digits = (value: number, length = 2): string => String(Math.floor(value)).padStart(length, '0');
  return `${digits(whole / 3_600_000)}:${digits((whole / 60_000) % 60)}:${digits((whole / 1000) % 60)}.${digits(whole % 1000, 3)}`;
}

/** In one line: an empty one would end the cue. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s+/g, ' ')
    .trim();
