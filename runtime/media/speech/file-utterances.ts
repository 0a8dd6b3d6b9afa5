import type { Readable } from 'node:stream';
import { PAUSE_MS } from './listening.ts';
import type { FileSegment, Recognised, SpeechEngine, UtteranceStream } from './types.ts';
import { UtteranceFinder } from './utterance-finder.ts';
import { BLOCK_MS, BLOCK_SAMPLES } from './voice-detector.ts';
import type { VoiceDetectors } from './voice-detector.ts';

const MIN_UTTERANCE_MS = 120;
const MAX_UTTERANCE_MS = 20_000;
const BLOCK_BYTES = BLOCK_SAMPLES * Int16Array.BYTES_PER_ELEMENT;
const SPEAKER = 'file';

type Found = { startMs: number; endMs: number; audioStartMs: number; recognised: Promise<Recognised> };

/**
 * What is said in samples of 16 kHz, one utterance after the other. No more is read before the engine is done with an
 * utterance, so a file of any length takes the memory of one.
 *
 * @param startMs - The time of the first sample; times of segments count from the same beginning.
 */
export async function* utterancesOf(
  samples: Readable,
  detectors: VoiceDetectors,
  engine: SpeechEngine,
  {
    language,
    startMs,
    onProgress,
  }: { language: string | null; startMs: number; onProgress: (heardMs: number) => void },
): AsyncGenerator<FileSegment> {
  const found: Found[] = [];
  const detector = detectors.open();
  let stream: UtteranceStream | undefined;
  let audioStartMs = 0;

  const finder = new UtteranceFinder(
    detector,
    { pauseMs: PAUSE_MS, minUtteranceMs: MIN_UTTERANCE_MS, maxUtteranceMs: MAX_UTTERANCE_MS },
    {
      begin(_startMs, audioMs) {
        stream = engine.open({
          speakerId: SPEAKER,
          language,
          onInterim: () => undefined,
          wantsInterim: () => false,
        });
        audioStartMs = audioMs;
      },
      samples(block) {
        stream?.write(block.slice());
      },
      end(fromMs, endMs, isUtterance) {
        if (isUtterance && stream) {
          found.push({ startMs: fromMs, endMs, audioStartMs, recognised: stream.finish() });
        } else {
          stream?.cancel();
        }
      },
    },
  );

  const block = new Int16Array(BLOCK_SAMPLES);
  const bytes = Buffer.from(block.buffer);
  let filled = 0;
  let blocks = 0;
  const push = (): void => {
    finder.push(block, startMs + blocks * BLOCK_MS);
    blocks += 1;
    filled = 0;
  };

  for await (const chunk of samples as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.copy(bytes, filled, at);
      at += taken;
      filled += taken;
      if (filled < BLOCK_BYTES) continue;
      push();
      for (const utterance of found.splice(0)) yield* segmentsOf(utterance);
    }
    onProgress(blocks * BLOCK_MS);
  }
  if (filled > 0) {
    bytes.fill(0, filled);
    push();
  }
  finder.finish();
  for (const utterance of found.splice(0)) yield* segmentsOf(utterance);
  detector.close();
  engine.forget(SPEAKER);
}

/** Nothing where nothing was understood. */
async function* segmentsOf({ recognised, audioStartMs, ...found }: Found): AsyncGenerator<FileSegment> {
  const { text, language, words } = await recognised;
  if (text === '') return;
  const placed =
    words?.map((word) => ({
      ...word,
      startMs: audioStartMs + word.startMs,
      endMs: audioStartMs + word.endMs,
    })) ?? null;
  yield {
    text,
    startMs: placed?.[0]?.startMs ?? found.startMs,
    endMs: placed?.at(-1)?.endMs ?? found.endMs,
    language,
    words: placed,
  };
}
