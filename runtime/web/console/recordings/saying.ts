import type { RecordingFile, TranscriptSegment } from '../../../contract/index.ts';
import type { ShownRecording } from './find-recording.ts';

/** What was said in a file, by whom it holds. Times stay those of the session clock. Pure. */
export function heardIn(
  segments: readonly TranscriptSegment[],
  { mode, participantId }: Pick<ShownRecording, 'mode' | 'participantId'>,
  { meta: { startMs, endMs } }: Pick<RecordingFile, 'meta'>,
): TranscriptSegment[] {
  const isOfOne = mode === 'participant' || mode === 'track';
  return segments.filter(
    (segment) =>
      segment.endMs > startMs &&
      segment.startMs < endMs &&
      (!isOfOne || segment.participantId === null || segment.participantId === participantId),
  );
}

/** Where a player has to go to hear a segment, in seconds. Pure. */
export const placeIn = ({ meta }: Pick<RecordingFile, 'meta'>, { startMs }: { startMs: number }): number =>
  Math.max(0, (startMs - meta.startMs) / 1000);

/** Whoever has just ended is still shown for a moment, so that the mark does not flicker between words. */
const LINGER_MS = 400;

/** Ids of what is being said at a time of the session clock: of everybody who speaks then. Pure. */
export function sayingAt(segments: readonly TranscriptSegment[], atMs: number): ReadonlySet<string> {
  const saying = segments.filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  const shown =
    saying.length > 0
      ? saying
      : segments.filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs + LINGER_MS);
  return new Set(shown.map(({ segmentId }) => segmentId));
}
