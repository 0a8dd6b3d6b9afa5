import type { LibraryHandle, load } from 'koffi';
import { RoomflowError } from '../../../../contract/index.ts';
import { findLibraries, type PocketSphinxModel } from './model.ts';

/** An address in native memory; only the library looks behind it. */
export type NativePointer = { readonly nativePointer: unique symbol };

/** A word of a hypothesis with its first and last frame of 10 ms, counted through all utterances of the decoder. */
export type NativeWord = { text: string; firstFrame: number; lastFrame: number; posterior: number };

/** libpocketsphinx 0.8 (5prealpha), as far as it is used. Calls of one decoder must not overlap. */
export type PocketSphinxLibrary = {
  /** Reads the model: a third of a second and 96 MB a decoder. */
  open(model: PocketSphinxModel): Promise<NativePointer>;
  start(decoder: NativePointer): Promise<void>;
  process(decoder: NativePointer, samples: Int16Array): Promise<void>;
  end(decoder: NativePointer): Promise<void>;
  /** What has been understood so far. */
  words(decoder: NativePointer): NativeWord[];
  close(decoder: NativePointer): Promise<void>;
};

let library: Promise<PocketSphinxLibrary> | undefined;

/**
 * Loads the library once a process.
 *
 * @throws RoomflowError `engine-not-ready` when it is not installed
 */
export function loadPocketSphinx(): Promise<PocketSphinxLibrary> {
  library ??= bind();
  return library;
}

async function bind(): Promise<PocketSphinxLibrary> {
  const paths = findLibraries();
  // Native code itself: only a process that recognises speech loads it.
  const { default: foreign } = await import('koffi');
  const sphinxBase = foreign.load(paths.base);
  const pocketSphinx = foreign.load(paths.recogniser);
  const returnMemory = memoryReturn(foreign.load);
  const setLogFile = sphinxBase.func('void err_set_logfp(void*)') as (file: null) => void;
  const parseArguments = sphinxBase.func('void* cmd_ln_parse_r(void*, void*, int, const char**, int)') as (
    base: null,
    definitions: unknown,
    count: number,
    values: string[],
    strict: number,
  ) => NativePointer | null;
  const freeArguments = sphinxBase.func('int cmd_ln_free_r(void*)') as (options: NativePointer) => number;
  const definitions = pocketSphinx.func('void* ps_args()') as () => unknown;
  const init = later<[NativePointer], NativePointer | null>(pocketSphinx.func('void* ps_init(void*)'));
  const free = later<[NativePointer], number>(pocketSphinx.func('int ps_free(void*)'));
  const startUtterance = later<[NativePointer], number>(pocketSphinx.func('int ps_start_utt(void*)'));
  const processRaw = later<[NativePointer, Int16Array, number, number, number], number>(
    pocketSphinx.func('int ps_process_raw(void*, const int16_t*, size_t, int, int)'),
  );
  const endUtterance = later<[NativePointer], number>(pocketSphinx.func('int ps_end_utt(void*)'));
  const firstSegment = pocketSphinx.func('void* ps_seg_iter(void*)') as (
    decoder: NativePointer,
  ) => NativePointer | null;
  const nextSegment = pocketSphinx.func('void* ps_seg_next(void*)') as (
    segment: NativePointer,
  ) => NativePointer | null;
  const segmentWord = pocketSphinx.func('const char* ps_seg_word(void*)') as (
    segment: NativePointer,
  ) => string;
  const segmentFrames = pocketSphinx.func('void ps_seg_frames(void*, _Out_ int*, _Out_ int*)') as (
    segment: NativePointer,
    first: number[],
    last: number[],
  ) => void;
  const segmentPosterior = pocketSphinx.func('int32_t ps_seg_prob(void*, void*, void*, void*)') as (
    segment: NativePointer,
    acoustic: null,
    language: null,
    backOff: null,
  ) => number;
  // It writes pages of settings to the error output otherwise.
  setLogFile(null);

  return {
    async open({ acousticModel, languageModel, dictionary }) {
      const values = ['roomflow', '-hmm', acousticModel, '-lm', languageModel, '-dict', dictionary];
      values.push('-logfn', '/dev/null');
      const options = parseArguments(null, definitions(), values.length, values, 1);
      if (options === null) {
        throw new RoomflowError(
          'engine-not-ready',
          `PocketSphinx refuses its settings: ${values.join(' ')}.`,
        );
      }
      // The decoder keeps a reference of its own.
      const decoder = await init(options);
      freeArguments(options);
      if (decoder === null) {
        throw new RoomflowError(
          'engine-not-ready',
          `PocketSphinx cannot read its model: ${acousticModel}, ${languageModel}, ${dictionary}.`,
        );
      }
      return decoder;
    },
    async start(decoder) {
      requireSuccess(await startUtterance(decoder), 'begin an utterance');
    },
    async process(decoder, samples) {
      requireSuccess(await processRaw(decoder, samples, samples.length, 0, 0), 'take sound');
    },
    async end(decoder) {
      requireSuccess(await endUtterance(decoder), 'end an utterance');
    },
    words(decoder) {
      const words: NativeWord[] = [];
      const first = [0];
      const last = [0];
      for (let segment = firstSegment(decoder); segment !== null; segment = nextSegment(segment)) {
        segmentFrames(segment, first, last);
        words.push({
          text: segmentWord(segment),
          firstFrame: first[0] ?? 0,
          lastFrame: last[0] ?? 0,
          posterior: segmentPosterior(segment, null, null, null),
        });
      }
      return words;
    },
    async close(decoder) {
      await free(decoder);
      await returnMemory();
    },
  };
}

/**
 * glibc keeps what was freed for the thread that had allocated it: 460 MB after ten decoders, and 180 MB with this. Other
 * C libraries have no such call.
 */
function memoryReturn(loadLibrary: typeof load): () => Promise<unknown> {
  try {
    const trim = later<[number], number>(loadLibrary('libc.so.6').func('int malloc_trim(size_t)'));
    return () => trim(0);
  } catch {
    return () => Promise.resolve();
  }
}

type NativeFunction = ReturnType<LibraryHandle['func']>;

/** Runs a native function on a thread of libuv's pool: decoding must not hold up who listens. */
function later<A extends unknown[], R>(native: NativeFunction): (...values: A) => Promise<R> {
  return async (...values) =>
    await new Promise<R>((resolve, reject) => {
      native.async(...values, (error: Error | null, result: R) => {
        if (error) {
          reject(error);
        } else {
          resolve(result);
        }
      });
    });
}

function requireSuccess(result: number, what: string): void {
  if (result < 0) {
    throw new RoomflowError('engine-failed', `PocketSphinx could not ${what} (it answered ${result}).`);
  }
}
