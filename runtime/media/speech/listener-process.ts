import { Socket } from 'node:net';
import { RoomflowError, type SpeechEngineSettings } from '../../contract/index.ts';
import { endWithParent } from '../end-with-parent.ts';
import { Listening } from './listening.ts';
import { MessageReader, listenerPipe, writeControl } from './listener-messages.ts';
import type { FromChild, ToChild } from './listener-messages.ts';
import { isFinalFailure } from './speaker.ts';
import type { SpeechEngine } from './types.ts';
import { loadVoiceDetectors } from './voice-detector.ts';

/**
 * The program of a listener's child: decodes and listens to all speakers of one listener. It lives as long as its parent
 * holds the other end of the pipe.
 */
const STATS_INTERVAL_MS = 1000;
/** For the last finals, once nobody speaks any more. */
const LAST_FINALS_MS = 9000;

const pipe = new Socket({ fd: listenerPipe });
let listening: Listening | undefined;
let statsTimer: NodeJS.Timeout | undefined;
let ending = false;
/** All is told, and the process ends by itself. */
let isDone = false;
/** Read after an await, in which the end may have come. */
const isEnding = (): boolean => ending;

const tell = (message: FromChild): void => {
  if (pipe.writable) pipe.write(writeControl(message));
};

/** The parent is told, and starts another child where that can help; this one ends. */
const fail = (error: unknown): void => {
  if (ending) return;
  const { code, message } = RoomflowError.from(error);
  tell({ type: 'failed', code, message, isFinal: isFinalFailure(code) });
  process.exitCode = 1;
  void stop();
};

/** Ends at once: what was being said is heard again by another child, or by nobody. */
const stop = async (): Promise<void> => {
  ending = true;
  clearInterval(statsTimer);
  // Nothing is left to wait for then, so the process ends by itself; process.exit() has been seen to hang in Node 24.
  isDone = true;
  pipe.end();
  await listening?.abort();
};

/** Ends when all that was said is told. */
const end = async (): Promise<void> => {
  ending = true;
  const failure = new RoomflowError(
    'engine-failed',
    `The recogniser had not answered ${LAST_FINALS_MS} ms after the end.`,
  );
  await listening?.close(LAST_FINALS_MS, failure);
  clearInterval(statsTimer);
  isDone = true;
  pipe.end();
};

/** What comes while the engine loads; it is done in order once that is over. */
let held: (() => void)[] | undefined = [];

const inOrder = (work: () => void): void => {
  if (held === undefined) work();
  else held.push(work);
};

/** Native code is loaded only where something is to be recognised. */
const openEngine = async (settings: SpeechEngineSettings): Promise<SpeechEngine> => {
  const { createSpeechEngine } = await import('./engines/index.ts');
  return createSpeechEngine(settings);
};

const start = async ({ engine: settings, ...options }: ToChild & { type: 'start' }): Promise<void> => {
  const [detectors, engine] = await Promise.all([loadVoiceDetectors(), settings && openEngine(settings)]);
  if (isEnding()) {
    await engine?.close();
    return;
  }
  const started = new Listening(engine, detectors, options, {
    heard(event, arrivalMs, settled) {
      tell({ type: 'heard', event, arrivalMs, ...settled });
    },
    behind(behind, backlogMs) {
      tell({ type: 'behind', behind, backlogMs });
    },
    forgotten(speaker) {
      tell({ type: 'forgotten', speaker });
    },
    refused: fail,
  });
  listening = started;
  statsTimer = setInterval(() => {
    tell({ type: 'stats', stats: started.stats, settled: started.settled });
  }, STATS_INTERVAL_MS);
  tell({ type: 'ready' });
  const early = held ?? [];
  held = undefined;
  for (const work of early) work();
};

const obey = (message: Exclude<ToChild, { type: 'start' }>): void => {
  switch (message.type) {
    case 'speaker':
      listening?.open(message.speaker, message.speakerId, message.fromMs, fail);
      break;
    case 'pause':
      listening?.pause(message.speaker);
      break;
    case 'forget':
      listening?.forget(message.speaker).catch(fail);
      break;
    case 'end':
      end().catch(fail);
      break;
    default:
      message satisfies never;
  }
};

const reader = new MessageReader<ToChild>(
  (message) => {
    if (message.type === 'start') start(message).catch(fail);
    else
      inOrder(() => {
        obey(message);
      });
  },
  (speaker, frame, arrivalMs) => {
    inOrder(() => listening?.push(speaker, frame, arrivalMs));
  },
);

pipe.on('data', (chunk: Buffer) => {
  reader.push(chunk);
});
endWithParent(pipe, () => isDone);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// The parent decides when to end: a Ctrl-C in its terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
