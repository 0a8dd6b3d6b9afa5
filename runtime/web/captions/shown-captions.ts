import type { Caption } from '../../contract/index.ts';

/** A text on show. */
export type ShownCaption = Pick<
  Caption,
  'segmentId' | 'participantId' | 'participantName' | 'text' | 'isFinal'
> & {
  /** When it is taken off, unless something replaces it before. */
  untilMs: number;
  /** It is fading away. */
  leaving: boolean;
};

/** What one person says, in the order it was begun. */
export type SpeakerCaptions = { participantId: string; name: string; texts: readonly ShownCaption[] };

/** Two people talking over each other can be read; three cannot. */
const SPEAKERS_AT_MOST = 2;
const TEXTS_AT_MOST = 3;
/** A text whose final never comes, as when a recogniser is lost. */
const INTERIM_HOLD_MS = 6_000;
const LEAST_HOLD_MS = 3_500;
const LONGEST_HOLD_MS = 9_000;
/** How long it takes to fade away. */
const FADE_MS = 400;
/** Some 17 characters are read in a second (BBC Subtitle Guidelines: 160 to 180 words a minute). */
const HOLD_PER_CHARACTER_MS = 60;

/** How long a text stays: long enough to be read to its end. */
export function holdMs({ text, isFinal }: Pick<Caption, 'text' | 'isFinal'>): number {
  if (!isFinal) {
    return INTERIM_HOLD_MS;
  }
  return Math.min(LONGEST_HOLD_MS, Math.max(LEAST_HOLD_MS, text.length * HOLD_PER_CHARACTER_MS));
}

/** `shown` with `caption` in the place of what it replaces, or behind the others. Interims never replace a final. */
export function withCaption(
  shown: readonly ShownCaption[],
  caption: Caption,
  nowMs: number,
): readonly ShownCaption[] {
  const { segmentId, participantId, participantName, text, isFinal } = caption;
  const known = shown.find((one) => one.segmentId === segmentId);
  if (known?.isFinal === true && !isFinal) {
    return shown;
  }
  if (text === '') {
    return shown.filter((one) => one.segmentId !== segmentId);
  }
  const untilMs = nowMs + holdMs(caption);
  const next = { segmentId, participantId, participantName, text, isFinal, untilMs, leaving: false };
  return known === undefined
    ? [...shown, next]
    : shown.map((one) => (one.segmentId === segmentId ? next : one));
}

/** Without what has been on show long enough; the same array when nothing changes. */
export function withoutOver(shown: readonly ShownCaption[], nowMs: number): readonly ShownCaption[] {
  const isAsItWas = shown.every(
    ({ untilMs, leaving }) => leaving === untilMs - FADE_MS <= nowMs && untilMs > nowMs,
  );
  return isAsItWas
    ? shown
    : shown
        .filter(({ untilMs }) => untilMs > nowMs)
        .map((one) => ({ ...one, leaving: one.untilMs - FADE_MS <= nowMs }));
}

/**
 * The texts by who says them: the speakers whose texts are newest, each in one place for as long as they speak, and of
 * each the newest texts.
 */
export function bySpeaker(shown: readonly ShownCaption[]): SpeakerCaptions[] {
  const speakers = new Map<string, ShownCaption[]>();
  for (const caption of shown) {
    const texts = speakers.get(caption.participantId);
    if (texts === undefined) {
      speakers.set(caption.participantId, [caption]);
    } else {
      texts.push(caption);
    }
  }
  const newest = [...speakers.values()]
    .sort((one, other) => lastUntilMs(other) - lastUntilMs(one))
    .slice(0, SPEAKERS_AT_MOST);
  return [...speakers]
    .filter(([, texts]) => newest.includes(texts))
    .map(([participantId, texts]) => ({
      participantId,
      name: texts.at(-1)?.participantName ?? '',
      texts: texts.slice(-TEXTS_AT_MOST),
    }));
}

const lastUntilMs = (texts: readonly ShownCaption[]): number => texts.at(-1)?.untilMs ?? 0;
