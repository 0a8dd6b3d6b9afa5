import pLimit from 'p-limit';
import type { OfflineRecognizer, OnlineRecognizer, Result } from 'sherpa-onnx-node';
import { RoomflowError, type SpeechEngineSettings } from '../../../../contract/index.ts';
import { SPEECH_RATE } from '../../types.ts';
import type { Recognised, SpeechEngine, UtteranceOptions, UtteranceStream } from '../../types.ts';
import { offlineConfig, onlineConfig } from './config.ts';
import { findSherpaModel, type SherpaModel } from './model.ts';
import { wordsOf } from './words.ts';

type SherpaSettings = Extract<SpeechEngineSettings, { type: 'sherpa-onnx' }>;

const THREADS = 2;
/** Streaming models give their last words only when something follows. */
const TAIL = new Float32Array(SPEECH_RATE * 0.66);
const INTERIM_EVERY_SAMPLES = SPEECH_RATE / 4;
/** A turn of the event loop decodes no more than that, so that sound goes on being taken. */
const PIECE_SAMPLES = SPEECH_RATE / 5;

/**
 * A model of sherpa-onnx in a folder of the operator: streaming ones with interim results, others utterance by utterance.
 * All speakers share the model, which is read with the first utterance.
 *
 * @throws RoomflowError `engine-not-ready` when the folder holds no model
 */
export function createSherpaOnnxEngine({ modelDirectory, threads = THREADS }: SherpaSettings): SpeechEngine {
  const model = findSherpaModel(modelDirectory);
  return model.streaming ? streamingEngine(model, threads) : offlineEngine(model, threads);
}

function streamingEngine(model: SherpaModel, threads: number): SpeechEngine {
  let recognizer: Promise<OnlineRecognizer> | undefined;
  const load = async (): Promise<OnlineRecognizer> => {
    const config = onlineConfig(model, threads);
    if (config === null) throw unusable(model);
    const { default: sherpa } = await import('sherpa-onnx-node');
    return new sherpa.OnlineRecognizer(config);
  };
  const pieces = pLimit(1);
  return {
    interim: true,
    wordTimes: model.wordTimes,
    open: (options) => new StreamedUtterance((recognizer ??= load()), options, pieces),
    backlogMs: () => pieces.pendingCount * (PIECE_SAMPLES / SPEECH_RATE) * 1000,
    forget: () => undefined,
    async close() {
      await pieces(() => undefined);
      recognizer = undefined;
    },
  };
}

class StreamedUtterance implements UtteranceStream {
  readonly #options: UtteranceOptions;
  readonly #opened: Promise<{
    recognizer: OnlineRecognizer;
    stream: ReturnType<OnlineRecognizer['createStream']>;
  }>;
  readonly #pieces: ReturnType<typeof pLimit>;
  #gathered: Int16Array[] = [];
  #gatheredSamples = 0;
  #samples = 0;
  #sinceInterim = 0;
  #lastInterim = '';
  #isOver = false;
  #finished: Promise<Recognised> | undefined;

  constructor(
    recognizer: Promise<OnlineRecognizer>,
    options: UtteranceOptions,
    pieces: ReturnType<typeof pLimit>,
  ) {
    this.#options = options;
    this.#pieces = pieces;
    this.#opened = recognizer.then((opened) => ({ recognizer: opened, stream: opened.createStream() }));
    // Told by finish().
    this.#opened.catch(() => undefined);
  }

  write(samples: Int16Array): void {
    this.#gathered.push(samples);
    this.#gatheredSamples += samples.length;
    this.#samples += samples.length;
    if (this.#gatheredSamples >= PIECE_SAMPLES) this.#flush();
  }

  finish(): Promise<Recognised> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  cancel(): void {
    this.#isOver = true;
    this.#gathered = [];
  }

  async #finish(): Promise<Recognised> {
    this.#flush();
    this.#isOver = true;
    return await this.#pieces(async () => {
      const { recognizer, stream } = await this.#opened;
      stream.acceptWaveform({ samples: TAIL, sampleRate: SPEECH_RATE });
      stream.inputFinished();
      while (recognizer.isReady(stream)) recognizer.decode(stream);
      return recognisedOf(recognizer.getResult(stream), this.#options.language, this.#samples);
    });
  }

  #flush(): void {
    const samples = floatsOf(this.#gathered, this.#gatheredSamples);
    this.#gathered = [];
    this.#gatheredSamples = 0;
    // What it fails with is told by finish(), which meets the same.
    this.#pieces(() => this.#decode(samples)).catch(() => undefined);
  }

  async #decode(samples: Float32Array): Promise<void> {
    const { recognizer, stream } = await this.#opened;
    stream.acceptWaveform({ samples, sampleRate: SPEECH_RATE });
    while (recognizer.isReady(stream)) recognizer.decode(stream);
    this.#sinceInterim += samples.length;
    if (this.#isOver || this.#sinceInterim < INTERIM_EVERY_SAMPLES) return;
    if (this.#options.wantsInterim?.() === false) return;
    this.#sinceInterim = 0;
    const recognised = recognisedOf(recognizer.getResult(stream), this.#options.language, this.#samples);
    if (recognised.text !== '' && recognised.text !== this.#lastInterim) {
      this.#lastInterim = recognised.text;
      this.#options.onInterim(recognised);
    }
  }
}

function offlineEngine(model: SherpaModel, threads: number): SpeechEngine {
  /** Whisper and SenseVoice are told the language when they are read. */
  const recognizers = new Map<string | null, Promise<OfflineRecognizer>>();
  const one = pLimit(1);
  const recognizerOf = (language: string | null): Promise<OfflineRecognizer> => {
    const known = recognizers.get(language);
    if (known) return known;
    const loading = (async () => {
      const { default: sherpa } = await import('sherpa-onnx-node');
      return await sherpa.OfflineRecognizer.createAsync(offlineConfig(model, threads, language));
    })();
    recognizers.set(language, loading);
    return loading;
  };
  return {
    interim: false,
    wordTimes: model.wordTimes,
    open({ language }) {
      let chunks: Int16Array[] = [];
      let samples = 0;
      let finished: Promise<Recognised> | undefined;
      return {
        write(chunk) {
          chunks.push(chunk);
          samples += chunk.length;
        },
        finish: () =>
          (finished ??= one(async () => {
            const recognizer = await recognizerOf(language);
            const stream = recognizer.createStream();
            stream.acceptWaveform({ samples: floatsOf(chunks, samples), sampleRate: SPEECH_RATE });
            chunks = [];
            return recognisedOf(await recognizer.decodeAsync(stream), language, samples);
          })),
        cancel() {
          chunks = [];
          samples = 0;
        },
      };
    },
    forget: () => undefined,
    async close() {
      await one(() => undefined);
      recognizers.clear();
    },
  };
}

function recognisedOf(result: Result, language: string | null, samples: number): Recognised {
  const words = wordsOf(result.tokens, result.timestamps, samples / SPEECH_RATE);
  return {
    text: result.text.trim(),
    language: language ?? heard(result.lang),
    words: words?.length === 0 ? null : words,
  };
}

/** SenseVoice says `<|en|>`, Whisper `en`. */
const heard = (lang: string | undefined): string | null => /[a-z]{2,3}/.exec(lang ?? '')?.[0] ?? null;

function floatsOf(chunks: readonly Int16Array[], length: number): Float32Array {
  const floats = new Float32Array(length);
  let at = 0;
  for (const chunk of chunks) {
    for (const sample of chunk) floats[at++] = sample / 32_768;
  }
  return floats;
}

const unusable = ({ tokens }: SherpaModel): RoomflowError =>
  new RoomflowError('engine-not-ready', `The model beside ${tokens} is no streaming one.`);
