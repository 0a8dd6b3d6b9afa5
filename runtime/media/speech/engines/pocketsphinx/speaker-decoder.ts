import { RoomflowError } from '../../../../contract/index.ts';
import { SPEECH_RATE } from '../../types.ts';
import type { Recognised, UtteranceOptions, UtteranceStream } from '../../types.ts';
import { FRAME_MS, recognisedOf } from './hypothesis.ts';
import { loadPocketSphinx } from './library.ts';
import type { NativePointer, PocketSphinxLibrary } from './library.ts';
import { findModel } from './model.ts';

/** Sound that is given to the decoder at once: a call each 100 ms, not each 20. */
const PIECE_SAMPLES = SPEECH_RATE / 10;
const FRAME_SAMPLES = (SPEECH_RATE / 1000) * FRAME_MS;
/** Interim results come at most this often. */
const INTERIM_EVERY_SAMPLES = SPEECH_RATE / 4;

/**
 * The decoder of one speaker. Its utterances are worked on one after the other, each call on a thread of the pool;
 * what it has learnt of the voice (the cepstral mean) serves the next utterance.
 */
export class SpeakerDecoder {
  readonly #modelDirectory: string | undefined;
  readonly #language: string;
  #opened: Promise<{ library: PocketSphinxLibrary; decoder: NativePointer }> | undefined;
  /** The calls so far: a decoder takes one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #waitingSamples = 0;
  /** Of all utterances so far: each is filled up to whole frames, so that the count stays exact. */
  #frames = 0;

  constructor(modelDirectory: string | undefined, language: string) {
    this.#modelDirectory = modelDirectory;
    this.#language = language;
  }

  /** Sound that was written and has not been worked on. */
  get waitingSamples(): number {
    return this.#waitingSamples;
  }

  open(options: UtteranceOptions): UtteranceStream {
    let gathered: Int16Array[] = [];
    let gatheredSamples = 0;
    let sinceInterim = 0;
    let lastInterim = '';
    let cancelled = false;
    let firstFrame = 0;
    let samplesIn = 0;
    let failure: Error | undefined;
    let finished: Promise<Recognised> | undefined;

    const inTurn = (work: (library: PocketSphinxLibrary, decoder: NativePointer) => Promise<void>): void => {
      void this.#inTurn(async () => {
        if (failure === undefined) {
          try {
            const { library, decoder } = await this.#open();
            await work(library, decoder);
          } catch (error) {
            failure = error instanceof Error ? error : new Error(String(error));
          }
        }
      });
    };

    const flush = (): void => {
      const samples = gathered.length === 1 ? gathered[0] : joined(gathered, gatheredSamples);
      gathered = [];
      gatheredSamples = 0;
      if (samples === undefined || samples.length === 0) {
        return;
      }
      inTurn(async (library, decoder) => {
        if (!cancelled) {
          await library.process(decoder, samples);
          samplesIn += samples.length;
          sinceInterim += samples.length;
        }
        if (
          cancelled ||
          sinceInterim < INTERIM_EVERY_SAMPLES ||
          finished ||
          options.wantsInterim?.() === false
        ) {
          return;
        }
        sinceInterim = 0;
        const interim = recognisedOf(library.words(decoder), this.#language, firstFrame, false);
        if (interim.text !== '' && interim.text !== lastInterim) {
          lastInterim = interim.text;
          options.onInterim(interim);
        }
      });
      this.#waitFor(samples.length);
    };

    /** Ends the utterance in the decoder; whole frames keep the count of frames exact. */
    const end = async (library: PocketSphinxLibrary, decoder: NativePointer): Promise<void> => {
      const missing = (FRAME_SAMPLES - (samplesIn % FRAME_SAMPLES)) % FRAME_SAMPLES;
      if (missing > 0) {
        await library.process(decoder, new Int16Array(missing));
      }
      this.#frames += (samplesIn + missing) / FRAME_SAMPLES;
      await library.end(decoder);
    };

    inTurn((library, decoder) => {
      firstFrame = this.#frames;
      return library.start(decoder);
    });
    return {
      write: (samples) => {
        gathered.push(samples);
        gatheredSamples += samples.length;
        if (gatheredSamples >= PIECE_SAMPLES) {
          flush();
        }
      },
      finish: () => {
        finished ??= (async () => {
          flush();
          return await this.#inTurn(async () => {
            if (failure) {
              throw failure instanceof RoomflowError
                ? failure
                : new RoomflowError('engine-failed', failure.message, { cause: failure });
            }
            const { library, decoder } = await this.#open();
            await end(library, decoder);
            return recognisedOf(library.words(decoder), this.#language, firstFrame, true);
          });
        })();
        return finished;
      },
      cancel: () => {
        if (!cancelled && !finished) {
          cancelled = true;
          inTurn(end);
        }
      },
    };
  }

  /** Waits for what is being worked on, then frees the decoder. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      const opened = await this.#opened?.catch(() => undefined);
      this.#opened = undefined;
      await opened?.library.close(opened.decoder);
    });
  }

  /** Counts sound as waiting until the call that takes it, the last in turn now, is over. */
  #waitFor(samples: number): void {
    this.#waitingSamples += samples;
    void this.#turn.then(() => {
      this.#waitingSamples -= samples;
    });
  }

  #open(): Promise<{ library: PocketSphinxLibrary; decoder: NativePointer }> {
    this.#opened ??= (async () => {
      const model = findModel(this.#modelDirectory);
      const library = await loadPocketSphinx();
      return { library, decoder: await library.open(model) };
    })();
    return this.#opened;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

function joined(parts: readonly Int16Array[], length: number): Int16Array {
  const whole = new Int16Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
