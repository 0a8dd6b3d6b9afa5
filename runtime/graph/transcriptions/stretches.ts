import type { SoundOfFile } from '../merge-sounds.ts';

/** A span of the session, in milliseconds. */
export type Span = { fromMs: number; toMs: number };

/** Somebody's sound where it lies in the session; `participantId` is null for a mix of several. */
export type SpeechSource = SoundOfFile & { participantId: string | null; participantName: string };

/** Shorter pieces hold no word. */
const SHORTEST_MS = 100;

/** The parts of a source that lie within spans, which do not overlap. Pure. */
export function within<S extends SoundOfFile>(source: S, spans: readonly Span[]): S[] {
  return spans.flatMap(({ fromMs, toMs }) => {
    const startMs = Math.max(fromMs, source.startMs);
    const endMs = Math.min(toMs, source.endMs);
    return endMs - startMs < SHORTEST_MS ? [] : [cut(source, startMs, endMs)];
  });
}

/**
 * The sources without what an earlier one of the same participant holds already: who was recorded twice at a time is
 * not heard twice. Pure.
 */
export function withoutRepeats(sources: readonly SpeechSource[]): SpeechSource[] {
  const heardTo = new Map<string | null, number>();
  return sources
    .toSorted((left, right) => left.startMs - right.startMs || right.endMs - left.endMs)
    .flatMap((source) => {
      const fromMs = heardTo.get(source.participantId) ?? -Infinity;
      heardTo.set(source.participantId, Math.max(fromMs, source.endMs));
      return within(source, [{ fromMs, toMs: Infinity }]);
    });
}

/** Whether the sources hold a span, but for `toleranceMs` in all. Pure. */
export function covers(sources: readonly Span[], { fromMs, toMs }: Span, toleranceMs: number): boolean {
  let missingMs = 0;
  let atMs = fromMs;
  for (const source of sources.toSorted((left, right) => left.fromMs - right.fromMs)) {
    missingMs += Math.max(0, Math.min(source.fromMs, toMs) - atMs);
    atMs = Math.max(atMs, Math.min(source.toMs, toMs));
  }
  return missingMs + Math.max(0, toMs - atMs) <= toleranceMs;
}

const cut = <S extends SoundOfFile>(source: S, startMs: number, endMs: number): S => {
  const { fromMs } = source.stretch;
  return {
    ...source,
    startMs,
    endMs,
    stretch: { fromMs: fromMs + startMs - source.startMs, toMs: fromMs + endMs - source.startMs },
  };
};
