import type { TranscriptDocument, TranscriptSegment } from '../../../contract/index.ts';

/** What the formats are made of: what was said, in the order in which it began. */
export type Transcript = TranscriptDocument;

/** A segment as text formats show it. */
export type ShownSegment = {
  startMs: number;
  /** Later than `startMs`, by a millisecond at least: players pass over cues without a length. */
  endMs: number;
  /** Empty where it cannot be told. */
  speaker: string;
  /** One line. */
  text: string;
};

/**
 * The segments as text formats show them: whole milliseconds, one line each, without empty ones. People of one name are
 * told apart by a number. Pure.
 */
export function shownSegments(segments: readonly TranscriptSegment[]): ShownSegment[] {
  const nameOf = speakerNames(segments);
  return segments
    .map((segment) => {
      const startMs = Math.max(0, Math.round(segment.startMs));
      return {
        startMs,
        endMs: Math.max(startMs + 1, Math.round(segment.endMs)),
        speaker: nameOf(segment),
        text: oneLine(segment.text),
      };
    })
    .filter(({ text }) => text !== '');
}

/** What each speaker is called. */
function speakerNames(segments: readonly TranscriptSegment[]): (segment: TranscriptSegment) => string {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { participantId, participantName } of segments) {
    if (participantId === null || names.has(participantId)) {
      continue;
    }
    const wanted = oneLine(participantName) || oneLine(participantId);
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) {
      name = `${wanted} (${number})`;
    }
    taken.add(name);
    names.set(participantId, name);
  }
  return ({ participantId, participantName }) =>
    participantId === null ? oneLine(participantName) : (names.get(participantId) ?? '');
}

/** No line breaks, tabs or other controls, which would end a cue or a row. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
