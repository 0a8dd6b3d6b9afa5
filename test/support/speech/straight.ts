import { createSpeechEngine } from '../../../runtime/media/speech/engines/index.ts';
import { SPEECH_RATE } from '../../../runtime/media/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import { samplesOf, writeSpeech, type Speech } from './spoken.ts';

/** Around each line, as an utterance has it. */
const MARGIN_MS = 250;
const PIECE = SPEECH_RATE / 10;

/** What the built-in engine makes of the source itself, line by line: no room, no network, no codec, no voice detector. */
export async function recogniseStraight(speech: Speech): Promise<string[]> {
  await using folder = await temporaryDirectory('roomflow-straight-');
  const path = folder.entry('speech.s16');
  await writeSpeech(speech, path, ['-ar', String(SPEECH_RATE), '-f', 's16le']);
  const samples = await samplesOf(path);
  const engine = createSpeechEngine({ type: 'pocketsphinx' });
  const texts: string[] = [];
  for (const { startMs, endMs, voice } of speech.lines) {
    const stream = engine.open({ speakerId: voice, language: null, onInterim: () => undefined });
    const [first, last] = [startMs - MARGIN_MS, endMs + MARGIN_MS].map((ms) =>
      Math.round((ms * SPEECH_RATE) / 1000),
    );
    for (let at = first ?? 0; at < (last ?? 0); at += PIECE) {
      stream.write(samples.slice(at, Math.min(at + PIECE, last ?? 0)));
    }
    texts.push((await stream.finish()).text);
  }
  await engine.close();
  return texts;
}
