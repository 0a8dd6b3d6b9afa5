import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { TranscribedWord } from '../../../../contract/index.ts';
import type { Recognised } from '../../types.ts';

const Word = Type.Object({
  word: Type.String(),
  punctuated_word: Type.Optional(Type.String()),
  start: Type.Number(),
  end: Type.Number(),
  confidence: Type.Optional(Type.Number()),
});

/** A message `Results` of Deepgram's live transcription. Times are seconds of the sound of the connection. */
const Results = Type.Object({
  type: Type.Literal('Results'),
  start: Type.Number(),
  duration: Type.Number(),
  is_final: Type.Optional(Type.Boolean()),
  from_finalize: Type.Optional(Type.Boolean()),
  channel: Type.Object({
    alternatives: Type.Array(
      Type.Object({
        transcript: Type.String(),
        words: Type.Optional(Type.Array(Word)),
        languages: Type.Optional(Type.Array(Type.String())),
      }),
    ),
  }),
});
export type Results = Static<typeof Results>;

/** `description` stands in messages of today, `message` in older ones. */
const Failure = Type.Object({
  type: Type.Literal('Error'),
  description: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
});

/** What a message says: a result, an error, or nothing that matters (`Metadata`, `SpeechStarted`, `UtteranceEnd`). */
export type Said = { results: Results } | { error: string } | null;

/** @throws SyntaxError when it is no JSON */
export function readMessage(text: string): Said {
  const message: unknown = JSON.parse(text);
  if (Value.Check(Results, message)) return { results: message };
  if (Value.Check(Failure, message))
    return { error: message.description ?? message.message ?? 'no reason given' };
  return null;
}

/** A stretch of an utterance, as it is understood so far. */
type Part = { text: string; words: TranscribedWord[]; language: string | null };

/**
 * Gathers the results of one utterance: final parts, and behind them what may still change. A result that reaches into
 * the next utterance is shared out by words.
 */
export class UtteranceResults {
  readonly #fromSeconds: number;
  readonly #language: string | null;
  readonly #finals: Part[] = [];
  #interim: Part | null = null;
  /** Up to where results are final. */
  #finalSeconds: number;

  constructor(fromSeconds: number, language: string | null) {
    this.#fromSeconds = fromSeconds;
    this.#finalSeconds = fromSeconds;
    this.#language = language;
  }

  get finalSeconds(): number {
    return this.#finalSeconds;
  }

  /**
   * @param toSeconds - Where the utterance ends; infinite while it is spoken.
   * @returns whether anything of it belongs to the utterance
   */
  add({ start, duration, is_final: isFinal, channel }: Results, toSeconds: number): boolean {
    if (start + duration <= this.#fromSeconds || start >= toSeconds) return false;
    const [alternative] = channel.alternatives;
    const all = alternative?.words ?? [];
    const words = all
      .filter(({ start: from, end }) => {
        const middle = (from + end) / 2;
        return middle >= this.#fromSeconds && middle < toSeconds;
      })
      .map((word) => this.#placed(word));
    const part: Part = {
      // The transcript knows how its language puts words together.
      text:
        words.length === all.length
          ? (alternative?.transcript ?? '')
          : words.map(({ text }) => text).join(' '),
      words,
      language: alternative?.languages?.[0] ?? null,
    };
    if (isFinal === true) {
      this.#finals.push(part);
      this.#finalSeconds = Math.max(this.#finalSeconds, start + duration);
      this.#interim = null;
    } else {
      this.#interim = part;
    }
    return true;
  }

  get recognised(): Recognised {
    const parts = this.#interim === null ? this.#finals : [...this.#finals, this.#interim];
    const words = parts.flatMap((part) => part.words);
    return {
      text: parts
        .map(({ text }) => text)
        .filter((text) => text !== '')
        .join(' '),
      language: this.#language ?? parts.findLast(({ language }) => language !== null)?.language ?? null,
      words,
    };
  }

  #placed({ word, punctuated_word: written, start, end, confidence }: Static<typeof Word>): TranscribedWord {
    const ms = (seconds: number): number => Math.max(0, Math.round((seconds - this.#fromSeconds) * 1000));
    return {
      text: written ?? word,
      startMs: ms(start),
      endMs: ms(end),
      ...(confidence === undefined ? {} : { confidence }),
    };
  }
}
