import { UTTERANCE_PAUSE_MS, transcribeFile } from '../runtime/media/index.ts';
import { recogniseStraight, wordErrors, wordsOf, writeSpeech } from '../test/support/speech/index.ts';
import { startOpenAiServer } from '../test/support/speech-servers/index.ts';
import { temporaryDirectory } from '../test/support/temporary/index.ts';
import type { Bench, Figures } from './definition.ts';
import { wholeNumber } from './options.ts';
import { startRuntime } from './runtime-process.ts';
import { hold, type Conversation, type Told } from './transcribe/conversation.ts';
import { prepareSpeakers, type Speaker } from './transcribe/speakers.ts';

/** An engine that answers at once: what is left is our own. */
const INSTANT = 'instant';
const BUILT_IN = 'pocketsphinx';
/** A final belongs to the line that ended nearest to its end, if that is not further away. */
const MOST_OFF_MS = 1500;

/** What transcribing costs beside the engine, and what the built-in engine makes of it. */
export const transcribe: Bench = {
  summary: 'End of speech to its final without the engine; CPU, speed and word errors with the built-in one',
  options: {
    speakers: { default: '3', meaning: 'how many speak at a time' },
    lines: { default: '20', meaning: 'sentences that each of them says, four seconds each' },
  },
  async run({ option, say, signal }) {
    const count = wholeNumber('speakers', option('speakers'), 20);
    const lines = wholeNumber('lines', option('lines'), 1000);
    await using stack = new AsyncDisposableStack();
    say('Preparing what is said');
    const speakers = await prepareSpeakers(count, lines);
    // Without word times, so that times are the voice detector's.
    const server = stack.use(await startOpenAiServer({ transcripts: ['heard'], refusesVerbose: true }));
    const engines = { [INSTANT]: { type: 'openai', baseUrl: server.baseUrl, model: 'instant' } };
    const runtime = stack.use(
      await startRuntime({ workers: '1', 'speech-engines': JSON.stringify(engines) }),
    );
    say('Speaking to an engine that answers at once');
    const instant = await hold(runtime, INSTANT, speakers, signal);
    say('Speaking to the built-in engine');
    const builtIn = await hold(runtime, BUILT_IN, speakers, signal);
    say('Transcribing files with the built-in engine');
    const realTimeFactor = await fileSpeed(speakers, signal);
    const straight = await straightErrors(speakers);
    return figuresOf({ count, instant, builtIn, realTimeFactor, straight });
  },
};

/** Seconds that a second of speech takes, as a file. */
async function fileSpeed(speakers: readonly Speaker[], signal: AbortSignal): Promise<number> {
  await using folder = await temporaryDirectory('roomflow-bench-');
  let tookMs = 0;
  let saidMs = 0;
  for (const { participantId, speech } of speakers) {
    const path = folder.entry(`${participantId}.wav`);
    await writeSpeech(speech, path);
    const startedAtMs = performance.now();
    await transcribeFile({ path, engine: { type: 'pocketsphinx' }, language: null, signal });
    tookMs += performance.now() - startedAtMs;
    saidMs += speech.durationMs;
  }
  return tookMs / saidMs;
}

type Errors = { errors: number; words: number };

/** Of the engine alone, on what is said before it is encoded. */
async function straightErrors(speakers: readonly Speaker[]): Promise<Errors> {
  const sum = { errors: 0, words: 0 };
  for (const { speech } of speakers) {
    add(sum, textOf(speech.lines), (await recogniseStraight(speech)).join(' '));
  }
  return sum;
}

const textOf = (said: readonly { text: string }[]): string => said.map(({ text }) => text).join(' ');

function add(sum: Errors, said: string, heard: string): void {
  const words = wordsOf(said);
  sum.errors += wordErrors(words, wordsOf(heard));
  sum.words += words.length;
}

/** From the true end of each line to its final in a subscriber's hands, without the pause that tells the end. */
const overheadsMs = (told: readonly Told[]): number[] =>
  told.flatMap(({ lines, finals }) =>
    lines.flatMap(({ endMs }) => {
      const latest = finals.find(
        ({ timestamp, startMs, endMs: heardUntilMs }) =>
          Math.abs(timestamp - startMs + heardUntilMs - endMs) < MOST_OFF_MS,
      );
      return latest ? [latest.arrivedAtMs - endMs - UTTERANCE_PAUSE_MS] : [];
    }),
  );

function figuresOf({
  count,
  instant,
  builtIn,
  realTimeFactor,
  straight,
}: {
  count: number;
  instant: Conversation;
  builtIn: Conversation;
  realTimeFactor: number;
  straight: Errors;
}): Figures {
  const overheads = overheadsMs(instant.told).toSorted((one, other) => one - other);
  const quantile = (share: number): number =>
    rounded(overheads[Math.min(overheads.length - 1, Math.floor(share * overheads.length))] ?? Number.NaN, 1);
  const through = { errors: 0, words: 0 };
  for (const { lines, finals } of builtIn.told) {
    add(through, textOf(lines), textOf(finals));
  }
  const corePerSpeaker = builtIn.listenerCores / count;
  return {
    overheadP50Ms: quantile(0.5),
    overheadP95Ms: quantile(0.95),
    utterances: overheads.length,
    utterancesMissing: instant.told.reduce((sum, { lines }) => sum + lines.length, 0) - overheads.length,
    pauseMs: UTTERANCE_PAUSE_MS,
    realTimeFactor: rounded(realTimeFactor, 3),
    corePerSpeaker: rounded(corePerSpeaker, 4),
    corePerSpeakerWithoutEngine: rounded(instant.listenerCores / count, 4),
    speakersPerCore: Math.floor(1 / corePerSpeaker),
    wordErrorRate: {
      engineAlone: rounded(straight.errors / straight.words, 4),
      throughRoom: rounded(through.errors / through.words, 4),
    },
    idlePercent: rounded(Math.min(instant.idle, builtIn.idle) * 100, 1),
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
