import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SpeechEngineSettings } from '../../../runtime/contract/index.ts';
import { SPEECH_RATE, type Recognised, type SpeechEngine } from '../../../runtime/media/index.ts';
import { createSpeechEngine } from '../../../runtime/media/speech/engines/index.ts';
import {
  linesOf,
  sentences,
  speak,
  wordErrorRate,
  wordsOf,
  writeSpeech,
} from '../../support/speech/index.ts';
import {
  startDeepgramServer,
  startOpenAiServer,
  type DeepgramFault,
  type HttpFault,
} from '../../support/speech-servers/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const [first, second, , , other] = sentences;
const KEY = 'sk-secret-of-the-operator';
const PIECE = SPEECH_RATE / 50;

/** What each voice says, as an utterance: 16 kHz with a quarter of a second around it. */
let awb: Int16Array;
let awbAgain: Int16Array;
let slt: Int16Array;

beforeAll(async () => {
  [awb, awbAgain, slt] = await Promise.all([utterance('awb', 0), utterance('awb', 1), utterance('slt', 4)]);
});

async function utterance(voice: 'awb' | 'slt', sentence: number): Promise<Int16Array> {
  const speech = await speak(linesOf(voice, sentence, 1), { leadMs: 250, pauseMs: 0, tailMs: 250 });
  await using folder = await temporaryDirectory();
  const path = folder.entry('utterance.s16');
  await writeSpeech(speech, path, ['-ar', String(SPEECH_RATE), '-f', 's16le']);
  const bytes = await readFile(path);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Says something to an engine in pieces of 20 ms, as fast as it goes or `pieceMs` apart. */
async function say(
  engine: SpeechEngine,
  samples: Int16Array,
  {
    pieceMs = 0,
    speakerId = 'ada',
    onInterim = (_: Recognised): void => undefined,
    language = null as string | null,
  } = {},
): Promise<Recognised> {
  const stream = engine.open({ speakerId, language, onInterim });
  for (let at = 0; at < samples.length; at += PIECE) {
    stream.write(samples.slice(at, at + PIECE));
    await pause(pieceMs);
  }
  return await stream.finish();
}

const durationMs = (samples: Int16Array): number => (samples.length / SPEECH_RATE) * 1000;

function expectWordsWithin({ text, words }: Recognised, samples: Int16Array): void {
  expect(words?.map((word) => word.text).join(' ')).toBe(text);
  const times = words?.flatMap(({ startMs, endMs }) => [startMs, endMs]) ?? [];
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(times[0]).toBeGreaterThanOrEqual(0);
  expect(times.at(-1)).toBeLessThanOrEqual(durationMs(samples));
}

describe('the built-in engine', () => {
  let engine: SpeechEngine;
  beforeAll(() => {
    engine = createSpeechEngine({ type: 'pocketsphinx' });
  });
  afterAll(() => engine.close());

  it('understands what is said, with the time of each word', async () => {
    const recognised = await say(engine, awb);
    expect(wordErrorRate(first, recognised.text)).toBeLessThan(0.35);
    expect(recognised.language).toBe('en-US');
    expectWordsWithin(recognised, awb);
  });

  it('tells what it understands while somebody speaks', async () => {
    const interims: string[] = [];
    const { text } = await say(engine, awbAgain, {
      pieceMs: 20,
      onInterim: (recognised) => interims.push(recognised.text),
    });
    expect(interims.length).toBeGreaterThan(1);
    expect(wordsOf(interims.at(-1)!).length).toBeGreaterThan(wordsOf(interims[0]!).length);
    expect(wordErrorRate(text, interims.at(-1)!)).toBeLessThan(0.6);
  });

  it('keeps people apart who speak at the same time', async () => {
    const [one, two] = await Promise.all([
      say(engine, awb, { speakerId: 'grace' }),
      say(engine, slt, { speakerId: 'alan' }),
    ]);
    expect(wordErrorRate(first, one.text)).toBeLessThan(0.35);
    expect(wordErrorRate(other, two.text)).toBeLessThan(0.35);
  });

  it('understands a second utterance of a voice with times of its own', async () => {
    await say(engine, awb, { speakerId: 'twice' });
    expectWordsWithin(await say(engine, awbAgain, { speakerId: 'twice' }), awbAgain);
  });

  it('says nothing of silence, and of an utterance without a sample', async () => {
    expect((await say(engine, new Int16Array(SPEECH_RATE))).text).toBe('');
    expect((await say(engine, new Int16Array(0))).text).toBe('');
  });

  it('goes on with the next utterance when one was given up', async () => {
    const givenUp = engine.open({ speakerId: 'mary', language: null, onInterim: () => undefined });
    givenUp.write(awb.slice(0, SPEECH_RATE));
    givenUp.cancel();
    const { text } = await say(engine, awbAgain, { speakerId: 'mary' });
    expect(wordErrorRate(second, text)).toBeLessThan(0.35);
  });

  it('returns the memory of speakers who have left', async () => {
    const short = awb.slice(0, SPEECH_RATE / 2);
    const before = process.memoryUsage().rss;
    for (let speaker = 0; speaker < 12; speaker++) {
      await say(engine, short, { speakerId: `guest ${speaker}` });
      engine.forget(`guest ${speaker}`);
    }
    // Each decoder holds 96 MB: twelve that stayed would be more than a gigabyte.
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });

  it('is refused before it starts when its folder holds no model', async () => {
    await using folder = await temporaryDirectory();
    const open = (modelDirectory: string) => () =>
      createSpeechEngine({ type: 'pocketsphinx', modelDirectory });
    expect(open(folder.path)).toThrow(folder.path);
    expect(open(folder.entry('nowhere'))).toThrow(/There is no folder .*nowhere/);
  });
});

describe('an engine behind OpenAI’s API', () => {
  const settings = (baseUrl: string): SpeechEngineSettings => ({
    type: 'openai',
    baseUrl,
    apiKey: KEY,
    model: 'whisper-1',
    timeoutMs: 2000,
  });

  it('understands an utterance, with the time of each word', async () => {
    await using server = await startOpenAiServer({ apiKey: KEY });
    const engine = createSpeechEngine({
      ...settings(server.baseUrl),
      timeoutMs: 60_000,
    } as SpeechEngineSettings);
    const recognised = await say(engine, awb, { language: 'en-US' });
    await engine.close();
    expect(wordErrorRate(first, recognised.text)).toBeLessThan(0.35);
    expectWordsWithin(recognised, awb);
    expect(server.requests).toMatchObject([
      {
        path: '/v1/audio/transcriptions',
        fields: { model: 'whisper-1', language: 'en', response_format: 'verbose_json' },
        authorization: `Bearer ${KEY}`,
      },
    ]);
  });

  it('takes the text alone from a model that has no words, and asks it for nothing else again', async () => {
    await using server = await startOpenAiServer({ transcripts: ['one', 'two'], refusesVerbose: true });
    const engine = createSpeechEngine(settings(server.baseUrl));
    expect(await say(engine, awb)).toEqual({ text: 'one', language: null, words: null });
    expect(await say(engine, awb)).toMatchObject({ text: 'two' });
    await engine.close();
    expect(server.requests.map(({ fields }) => fields['response_format'])).toEqual([
      'verbose_json',
      'json',
      'json',
    ]);
  });

  it('asks for one utterance of a speaker at a time, and for four in all', async () => {
    await using server = await startOpenAiServer({ transcripts: ['yes'] });
    const engine = createSpeechEngine(settings(server.baseUrl));
    const speakers = ['a', 'a', 'a', 'b', 'c', 'd', 'e', 'f'];
    const all = await Promise.all(speakers.map((speakerId) => say(engine, awb, { speakerId })));
    await engine.close();
    expect(all.map(({ text }) => text)).toEqual(speakers.map(() => 'yes'));
    expect(server.concurrent.most).toBeLessThanOrEqual(4);
  });

  const passing: [string, HttpFault][] = [
    ['answers 429 and asks for a second', { status: 429, retryAfter: '1' }],
    ['answers 500', { status: 500 }],
    ['answers 503', { status: 503 }],
    ['does not answer in time', 'hang'],
    ['is cut off in its answer', 'cut'],
    ['answers what is no JSON', 'malformed'],
  ];
  it.each(passing)('sends the utterance again when the service %s', async (_, fault) => {
    await using server = await startOpenAiServer({ transcripts: ['once more'] });
    server.faults.set(fault, 1);
    const engine = createSpeechEngine(settings(server.baseUrl));
    const startedAt = performance.now();
    expect((await say(engine, awb)).text).toBe('once more');
    await engine.close();
    expect(server.requests).toHaveLength(2);
    if (typeof fault === 'object' && fault.retryAfter === '1') {
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1000);
    }
  });

  it.each([401, 403] as const)('fails at once, and without the key in its words, on %i', async (status) => {
    await using server = await startOpenAiServer();
    server.faults.set({ status });
    const engine = createSpeechEngine(settings(server.baseUrl));
    const error = await say(engine, awb).catch((cause: unknown) => cause);
    await engine.close();
    expect(error).toMatchObject({ code: 'engine-unauthorized' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
    expect(server.requests).toHaveLength(1);
  });

  it('fails at once when the service refuses the sound, and says that a model is not there', async () => {
    await using server = await startOpenAiServer();
    const engine = createSpeechEngine(settings(server.baseUrl));
    server.faults.set({ status: 400 });
    await expect(say(engine, awb)).rejects.toMatchObject({ code: 'engine-failed' });
    server.faults.set({ status: 404 });
    await expect(say(engine, awb)).rejects.toMatchObject({ code: 'engine-not-ready' });
    await engine.close();
  });

  it('gives up at once when the service asks for more patience than there is', async () => {
    await using server = await startOpenAiServer();
    server.faults.set({ status: 429, retryAfter: '3600' });
    const engine = createSpeechEngine(settings(server.baseUrl));
    await expect(say(engine, awb)).rejects.toMatchObject({ code: 'engine-rate-limited' });
    await engine.close();
    expect(server.requests).toHaveLength(1);
  });

  it('ends what it waits for when it is closed', async () => {
    await using server = await startOpenAiServer();
    server.faults.set('hang');
    const engine = createSpeechEngine(settings(server.baseUrl));
    const waiting = say(engine, awb).catch((cause: unknown) => cause);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    await engine.close();
    expect(await waiting).toMatchObject({ code: 'engine-failed' });
  });
});

describe('an engine behind Deepgram’s API', () => {
  const settings = (baseUrl: string): SpeechEngineSettings => ({
    type: 'deepgram',
    baseUrl,
    apiKey: KEY,
    model: 'nova-3',
  });

  it('understands utterances as they are spoken, each with times of its own', async () => {
    await using server = await startDeepgramServer({ apiKey: KEY });
    const engine = createSpeechEngine(settings(server.url));
    const interims: string[] = [];
    const one = await say(engine, awb, {
      pieceMs: 20,
      language: 'en',
      onInterim: ({ text }) => interims.push(text),
    });
    const two = await say(engine, awbAgain, { language: 'en' });
    await engine.close();
    expect(wordErrorRate(first, one.text)).toBeLessThan(0.35);
    expect(wordErrorRate(second, two.text)).toBeLessThan(0.35);
    expectWordsWithin(one, awb);
    expectWordsWithin(two, awbAgain);
    expect(interims.length).toBeGreaterThan(0);
    expect(server.connections.map((query) => Object.fromEntries(query))).toMatchObject([
      {
        model: 'nova-3',
        language: 'en',
        encoding: 'linear16',
        sample_rate: '16000',
        interim_results: 'true',
      },
    ]);
  });

  it('has a connection for each speaker, and says goodbye when they leave', async () => {
    await using server = await startDeepgramServer({ transcripts: ['hello'] });
    const engine = createSpeechEngine(settings(server.url));
    await Promise.all([say(engine, awb, { speakerId: 'one' }), say(engine, awb, { speakerId: 'two' })]);
    expect(server.open).toBe(2);
    engine.forget('one');
    await vi.waitFor(() => expect(server.open).toBe(1));
    expect(server.messages).toContain('CloseStream');
    await engine.close();
    await vi.waitFor(() => expect(server.open).toBe(0));
  });

  it('stays connected while nobody speaks', async () => {
    await using server = await startDeepgramServer({ transcripts: ['before', 'after'], idleMs: 6000 });
    const engine = createSpeechEngine(settings(server.url));
    await say(engine, awb);
    await vi.waitFor(
      () => expect(server.messages.filter((type) => type === 'KeepAlive').length).toBeGreaterThan(1),
      { timeout: 20_000, interval: 200 },
    );
    expect((await say(engine, awb)).text).toBe('after');
    await engine.close();
    expect(server.connections).toHaveLength(1);
  });

  const passing: [string, DeepgramFault][] = [
    ['answers 429 and asks for a second', { status: 429, retryAfter: '1' }],
    ['answers 500', { status: 500 }],
    ['is cut off while somebody speaks', { cutAfterSeconds: 0.5 }],
    ['reports an error and hangs up', { errorAfterSeconds: 0.5 }],
    ['sends what is no JSON', 'malformed'],
    ['hears and never answers', 'mute'],
  ];
  it.each(passing)('sends the utterance again when the service %s', async (_, fault) => {
    await using server = await startDeepgramServer();
    server.faults.set(fault, 1);
    const engine = createSpeechEngine(settings(server.url));
    const recognised = await say(engine, awb);
    await engine.close();
    expect(wordErrorRate(first, recognised.text)).toBeLessThan(0.35);
    expectWordsWithin(recognised, awb);
    expect(server.connections).toHaveLength(2);
  });

  it('connects anew for what is said after the service has hung up', async () => {
    await using server = await startDeepgramServer({ transcripts: ['hello', 'again'], idleMs: 200 });
    const engine = createSpeechEngine(settings(server.url));
    expect((await say(engine, awb)).text).toBe('hello');
    await vi.waitFor(() => expect(server.open).toBe(0));
    expect((await say(engine, awb)).text).toBe('again');
    await engine.close();
  });

  it.each([401, 402] as const)('fails at once, and without the key in its words, on %i', async (status) => {
    await using server = await startDeepgramServer();
    server.faults.set({ status });
    const engine = createSpeechEngine(settings(server.url));
    const error = await say(engine, awb).catch((cause: unknown) => cause);
    await engine.close();
    expect(error).toMatchObject({ code: 'engine-unauthorized' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
    expect(server.connections).toHaveLength(1);
  });

  it('fails at once, with the reason, when the service refuses what it is asked', async () => {
    await using server = await startDeepgramServer();
    server.faults.set({ status: 400 });
    const engine = createSpeechEngine(settings(server.url));
    await expect(say(engine, awb)).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('The answer is 400') as string,
    });
    await engine.close();
  });
});
