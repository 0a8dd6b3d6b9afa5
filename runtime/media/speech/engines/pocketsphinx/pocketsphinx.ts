import type { SpeechEngine, UtteranceOptions, UtteranceStream } from '../../types.ts';
import { SPEECH_RATE } from '../../types.ts';
import { SpeakerDecoder } from './speaker-decoder.ts';

export const pocketSphinxLanguage = 'en-US';

/**
 * The built-in recogniser, on libpocketsphinx. It takes about a tenth of a core per speaker who speaks, 96 MB per
 * speaker, and understands clear speech modestly. Never to be loaded where media is forwarded or control is kept: a
 * fault in native code ends the process.
 *
 * @param modelDirectory - Debian's US English when left out
 */
export function createPocketSphinxEngine(modelDirectory: string | undefined): SpeechEngine {
  const speakers = new Map<string, SpeakerDecoder>();
  const leaving = new Set<Promise<void>>();

  function decoderOf(speakerId: string): SpeakerDecoder {
    const known = speakers.get(speakerId);
    if (known) {
      return known;
    }
    const decoder = new SpeakerDecoder(modelDirectory, pocketSphinxLanguage);
    speakers.set(speakerId, decoder);
    return decoder;
  }

  function forget(speakerId: string): void {
    const decoder = speakers.get(speakerId);
    speakers.delete(speakerId);
    if (decoder) {
      const closing = decoder.close();
      leaving.add(closing);
      void closing.finally(() => leaving.delete(closing));
    }
  }

  return {
    interim: true,
    wordTimes: true,
    open: (options: UtteranceOptions): UtteranceStream => decoderOf(options.speakerId).open(options),
    backlogMs() {
      let samples = 0;
      for (const decoder of speakers.values()) {
        samples += decoder.waitingSamples;
      }
      return (samples / SPEECH_RATE) * 1000;
    },
    forget,
    async close() {
      for (const speakerId of [...speakers.keys()]) {
        forget(speakerId);
      }
      await Promise.all(leaving);
    },
  };
}
