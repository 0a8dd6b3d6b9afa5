import { createSpeechEngine } from '../../../runtime/media/speech/engines/index.ts';
import type { Recognised, SpeechEngine } from '../../../runtime/media/index.ts';

/** What servers understand: one text after the other as the test says, or what is really said. */
export type Recogniser = AsyncDisposable & { engine: SpeechEngine };

/** @param transcripts - Answers in their order, the last one again and again; left out, speech is recognised. */
export function createRecogniser(transcripts: readonly string[] | undefined): Recogniser {
  const engine =
    transcripts === undefined ? createSpeechEngine({ type: 'pocketsphinx' }) : scriptedEngine(transcripts);
  return {
    engine,
    async [Symbol.asyncDispose]() {
      await engine.close();
    },
  };
}

/** Says each word after another quarter of a second of sound, whatever it is. */
function scriptedEngine(transcripts: readonly string[]): SpeechEngine {
  const WORD_MS = 250;
  let next = 0;
  return {
    interim: true,
    wordTimes: true,
    open({ onInterim }) {
      const text = transcripts[Math.min(next, transcripts.length - 1)] ?? '';
      const all = text.split(/\s+/).filter((word) => word !== '');
      let samples = 0;
      let told = 0;
      const upTo = (count: number): Recognised => {
        const words = all.slice(0, count).map((word, index) => ({
          text: word,
          startMs: index * WORD_MS,
          endMs: (index + 1) * WORD_MS,
          confidence: 0.9,
        }));
        return { text: words.map((word) => word.text).join(' '), language: 'en', words };
      };
      return {
        write(chunk) {
          samples += chunk.length;
          const heard = Math.min(all.length, Math.floor(samples / 16 / WORD_MS));
          if (heard > told) {
            told = heard;
            onInterim(upTo(heard));
          }
        },
        finish() {
          // Silence is no speech: a stream is flushed more often than somebody speaks.
          if (samples > 0) next += 1;
          return Promise.resolve(samples > 0 ? upTo(all.length) : upTo(0));
        },
        cancel: () => undefined,
      };
    },
    forget: () => undefined,
    close: () => Promise.resolve(),
  };
}
