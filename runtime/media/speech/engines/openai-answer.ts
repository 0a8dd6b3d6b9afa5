import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { TranscribedWord } from '../../../contract/index.ts';
import type { Recognised } from '../types.ts';
import { languageTag } from './language-name.ts';

const Word = Type.Object({
  word: Type.String(),
  start: Type.Number(),
  end: Type.Number(),
  probability: Type.Optional(Type.Number()),
});

/**
 * `json` has the text alone. `verbose_json` has words beside it (OpenAI, Groq, faster-whisper) or within each segment
 * (whisper.cpp).
 */
const Answer = Type.Object({
  text: Type.String(),
  language: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  words: Type.Optional(Type.Union([Type.Array(Word), Type.Null()])),
  segments: Type.Optional(
    Type.Union([Type.Array(Type.Object({ words: Type.Optional(Type.Array(Word)) })), Type.Null()]),
  ),
});

/**
 * Reads the answer of `/audio/transcriptions`.
 *
 * @param asked - The language that was asked for; the service names its own by their English name.
 * @returns null when it is none
 */
export function readTranscription(body: string, asked: string | null): Recognised | null {
  const answer = parsed(body);
  if (!Value.Check(Answer, answer)) return null;
  const words = answer.words ?? answer.segments?.flatMap((segment) => segment.words ?? []) ?? [];
  return {
    text: answer.text.trim(),
    language: asked ?? languageTag(answer.language ?? null),
    words: words.length === 0 ? null : words.map(transcribed),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const transcribed = ({ word, start, end, probability }: Type.Static<typeof Word>): TranscribedWord => ({
  text: word.trim(),
  startMs: Math.round(start * 1000),
  endMs: Math.round(end * 1000),
  ...(probability === undefined ? {} : { confidence: probability }),
});
