import type { Span } from './stretches.ts';

/** Somebody was the active speaker; null when nobody was. */
export type SpeakerSpan = Span & { participantId: string | null };

/** A segment is somebody's when they were the active speaker for this share of it. */
const CLEAR_SHARE = 0.6;

/** The spans between changes of the active speaker. Pure. */
export function speakerSpans(
  changes: readonly { atMs: number; participantId: string | null }[],
): SpeakerSpan[] {
  return changes.map(({ atMs, participantId }, index) => ({
    participantId,
    fromMs: atMs,
    toMs: changes[index + 1]?.atMs ?? Infinity,
  }));
}

/** Who was the active speaker for most of a span; null where that is not clear. Pure. */
export function activeSpeakerIn(spans: readonly SpeakerSpan[], { fromMs, toMs }: Span): string | null {
  const heardMs = new Map<string, number>();
  for (const span of spans) {
    const overlapMs = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
    if (span.participantId !== null && overlapMs > 0) {
      heardMs.set(span.participantId, (heardMs.get(span.participantId) ?? 0) + overlapMs);
    }
  }
  for (const [participantId, ms] of heardMs) {
    if (ms >= CLEAR_SHARE * (toMs - fromMs)) {
      return participantId;
    }
  }
  return null;
}
