import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { RoomflowError } from '../../../../runtime/contract/index.ts';
import type {
  EncodedFrame,
  Recognised,
  SpeechEngine,
  UtteranceOptions,
} from '../../../../runtime/media/index.ts';
import type { ChildEvent } from '../../../../runtime/media/speech/listener-messages.ts';
import { Listening } from '../../../../runtime/media/speech/listening.ts';
import { loadVoiceDetectors, type VoiceDetectors } from '../../../../runtime/media/speech/voice-detector.ts';
import { encodeSpeech, speak, type Speech } from '../../../support/speech/index.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';

/** An utterance in the hands of an engine that does as the test says. */
type Opened = UtteranceOptions & {
  samples: number;
  isOver: boolean;
  isCancelled: boolean;
  answer(text: string): void;
  fail(error: Error): void;
};

class ScriptedEngine implements SpeechEngine {
  readonly interim = true;
  readonly wordTimes = false;
  readonly opened: Opened[] = [];
  readonly forgotten: string[] = [];
  backlog = 0;

  open(options: UtteranceOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<Recognised>();
    const utterance: Opened = {
      ...options,
      samples: 0,
      isOver: false,
      isCancelled: false,
      answer: (text) => {
        resolve({ text, language: 'en', words: null });
      },
      fail: reject,
    };
    this.opened.push(utterance);
    return {
      write: (samples: Int16Array) => {
        utterance.samples += samples.length;
      },
      finish: () => {
        utterance.isOver = true;
        return promise;
      },
      cancel: () => {
        utterance.isCancelled = true;
      },
    };
  }

  backlogMs(): number {
    return this.backlog;
  }

  forget(speakerId: string): void {
    this.forgotten.push(speakerId);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let detectors: VoiceDetectors;
let speech: Speech;
let frames: EncodedFrame[];

beforeAll(async () => {
  detectors = await loadVoiceDetectors();
  speech = await speak([
    { text: 'the first of the sentences', voice: 'slt' },
    { text: 'and this is the second', voice: 'slt' },
  ]);
  frames = (await encodeSpeech(speech)).frames.map(({ data }, index) => ({
    kind: 'audio',
    codec: 'opus',
    key: true,
    timestampMs: index * 20,
    data,
  }));
});

type Heard = { event: ChildEvent; settledMs: number };
type Ear = AsyncDisposable & {
  listening: Listening;
  engine: ScriptedEngine;
  heard: Heard[];
  behind: boolean[];
  forgotten: number[];
  refused: RoomflowError[];
  push(sent: readonly EncodedFrame[]): void;
};

async function listen(
  options: { engine?: ScriptedEngine | null; utteranceDirectory?: string } = {},
): Promise<Ear> {
  const engine = new ScriptedEngine();
  const heard: Heard[] = [];
  const behind: boolean[] = [];
  const forgotten: number[] = [];
  const refused: RoomflowError[] = [];
  const listening = new Listening(
    options.engine === null ? null : engine,
    detectors,
    {
      language: null,
      utteranceDirectory: options.utteranceDirectory ?? null,
      minUtteranceMs: 120,
      maxUtteranceMs: 20_000,
    },
    {
      heard: (event, _arrivalMs, { settledMs }) => heard.push({ event, settledMs }),
      behind: (isBehind) => behind.push(isBehind),
      forgotten: (speaker) => forgotten.push(speaker),
      refused: (error) => refused.push(error),
    },
  );
  await new Promise<void>((resolve) => {
    listening.open(1, 'ada', 0, (error) => {
      throw error;
    });
    setTimeout(resolve, 50);
  });
  return {
    listening,
    engine,
    heard,
    behind,
    forgotten,
    refused,
    push(sent) {
      for (const frame of sent) listening.push(1, frame, Number(process.hrtime.bigint()) / 1e6);
    },
    [Symbol.asyncDispose]: () => listening.close(0, new RoomflowError('engine-failed', 'The test is over.')),
  };
}

const upTo = (atMs: number): EncodedFrame[] => frames.filter(({ timestampMs }) => timestampMs < atMs);
const finals = ({ heard }: Ear): string[] =>
  heard.flatMap(({ event }) => (event.type === 'final' ? [event.text] : []));

describe('what is said', () => {
  it('is handed to the engine with what belongs in front of it, and told when the engine knows it', async () => {
    await using ear = await listen();
    ear.push(frames);
    const [first, second] = ear.engine.opened;
    const [line] = speech.lines;
    expect(ear.engine.opened).toHaveLength(2);
    expect(first!.samples / 16).toBeGreaterThan(line!.endMs - line!.startMs + 600);
    expect(ear.heard).toEqual([]);
    first!.answer('one');
    await vi.waitUntil(() => finals(ear).length === 1);
    second!.answer('two');
    await vi.waitUntil(() => finals(ear).length === 2);
    const [told] = ear.heard;
    expect(told?.event).toMatchObject({ speakerId: 'ada', text: 'one', language: 'en', words: null });
    expect(Math.abs((told?.event.startMs ?? 0) - line!.startMs)).toBeLessThan(150);
    expect(Math.abs((told?.event.endMs ?? 0) - line!.endMs)).toBeLessThan(150);
  });

  it('is told in the order in which it was said, whichever the engine knows first', async () => {
    await using ear = await listen();
    ear.push(frames);
    ear.engine.opened[1]!.answer('two');
    ear.engine.opened[0]!.answer('one');
    await vi.waitUntil(() => finals(ear).length === 2);
    expect(finals(ear)).toEqual(['one', 'two']);
  });

  it('is settled once it is told, and not before', async () => {
    await using ear = await listen();
    const [first, second] = speech.lines;
    ear.push(frames);
    expect(ear.listening.settled[0]?.settledMs).toBeLessThan(first!.startMs);
    ear.engine.opened[0]!.answer('one');
    await vi.waitUntil(() => finals(ear).length === 1);
    expect(ear.heard[0]!.settledMs).toBeGreaterThan(first!.endMs);
    expect(ear.heard[0]!.settledMs).toBeLessThan(second!.startMs);
    ear.engine.opened[1]!.answer('two');
    await vi.waitUntil(() => finals(ear).length === 2);
    expect(ear.listening.settled[0]?.settledMs).toBeGreaterThan(second!.endMs);
  });

  it('is a gap with its cause when the engine fails, and the next sentence is heard', async () => {
    await using ear = await listen();
    ear.push(frames);
    ear.engine.opened[0]!.fail(new RoomflowError('engine-rate-limited', 'Too many requests.'));
    ear.engine.opened[1]!.answer('two');
    await vi.waitUntil(() => ear.heard.length === 2);
    expect(ear.heard[0]!.event).toMatchObject({ type: 'gap', code: 'engine-rate-limited' });
    expect(finals(ear)).toEqual(['two']);
    expect(ear.refused).toEqual([]);
  });

  it('is over for good when the engine refuses the key', async () => {
    await using ear = await listen();
    ear.push(upTo(speech.lines[1]!.startMs));
    ear.engine.opened[0]!.fail(new RoomflowError('engine-unauthorized', 'Wrong key.'));
    await vi.waitUntil(() => ear.refused.length === 1);
    expect(ear.refused[0]?.code).toBe('engine-unauthorized');
  });

  it('ends where the speaker is muted', async () => {
    await using ear = await listen();
    const { startMs, endMs } = speech.lines[0]!;
    ear.push(upTo((startMs + endMs) / 2));
    expect(ear.engine.opened[0]?.isOver).toBe(false);
    ear.listening.pause(1);
    expect(ear.engine.opened[0]?.isOver).toBe(true);
  });

  it('ends when no sound comes any more', async () => {
    await using ear = await listen();
    ear.push(upTo(speech.lines[0]!.endMs));
    await vi.waitUntil(() => ear.engine.opened[0]?.isOver);
  });

  it('of somebody who leaves is told before the voice is forgotten', async () => {
    await using ear = await listen();
    ear.push(upTo(speech.lines[0]!.endMs));
    const gone = ear.listening.forget(1);
    ear.engine.opened[0]!.answer('one');
    await gone;
    expect(finals(ear)).toEqual(['one']);
    expect(ear.engine.forgotten).toEqual(['ada']);
    expect(ear.forgotten).toEqual([1]);
  });

  it('is a gap when the engine has no answer in time at the end', async () => {
    const ear = await listen();
    ear.push(frames);
    await ear.listening.close(50, new RoomflowError('engine-failed', 'No answer.'));
    expect(ear.heard.map(({ event }) => event.type)).toEqual(['gap', 'gap']);
  });
});

describe('interim results', () => {
  it('are told while somebody speaks, not more often than anybody reads', async () => {
    await using ear = await listen();
    ear.push(upTo(speech.lines[0]!.endMs));
    const { onInterim } = ear.engine.opened[0]!;
    for (const text of ['the', 'the first', 'the first of']) {
      onInterim({ text, language: 'en', words: null });
    }
    expect(ear.heard.map(({ event }) => event)).toMatchObject([{ type: 'interim', text: 'the' }]);
  });

  it('are left out while the engine is behind, and counted; finals are not', async () => {
    await using ear = await listen();
    ear.engine.backlog = 3000;
    await vi.waitUntil(() => ear.behind.length === 1);
    expect(ear.behind).toEqual([true]);
    const { endMs } = speech.lines[0]!;
    ear.push(upTo(endMs));
    const [first] = ear.engine.opened;
    expect(first!.wantsInterim?.()).toBe(false);
    first!.onInterim({ text: 'the', language: 'en', words: null });
    expect(ear.listening.stats.interimsDropped).toBe(2);
    ear.engine.backlog = 1000;
    ear.push(frames.filter(({ timestampMs }) => timestampMs >= endMs));
    for (const [index, utterance] of ear.engine.opened.entries()) utterance.answer(`sentence ${index}`);
    await vi.waitUntil(() => finals(ear).length === 2);
    expect(ear.behind).toEqual([true]);
    ear.engine.backlog = 0;
    await vi.waitUntil(() => ear.behind.length === 2);
    expect(ear.behind).toEqual([true, false]);
    expect(ear.heard.every(({ event }) => event.type === 'final')).toBe(true);
  });

  it('are taken back when nothing was said after all', async () => {
    await using ear = await listen();
    ear.push(upTo(speech.lines[0]!.endMs));
    const [first] = ear.engine.opened;
    first!.onInterim({ text: 'the', language: 'en', words: null });
    ear.listening.pause(1);
    first!.answer('');
    await vi.waitUntil(() => ear.heard.length === 2);
    const [interim, final] = ear.heard.map(({ event }) => event);
    expect(final).toMatchObject({ type: 'final', text: '' });
    expect(final).toHaveProperty('segmentId', interim?.type === 'interim' ? interim.segmentId : '');
  });
});

describe('files of utterances', () => {
  it('are whole WAV files of 16 kHz, with the time at which they sound', async () => {
    await using folder = await temporaryDirectory();
    await using ear = await listen({ engine: null, utteranceDirectory: folder.path });
    ear.push(frames);
    await vi.waitUntil(() => ear.heard.length === 2);
    for (const [index, { event }] of ear.heard.entries()) {
      expect(event.type).toBe('utterance');
      if (event.type !== 'utterance') continue;
      const file = await readFile(event.path);
      expect(file.length).toBe(event.bytes);
      expect(file.toString('latin1', 0, 4)).toBe('RIFF');
      expect(file.readUInt32LE(24)).toBe(16_000);
      expect((file.length - 44) / 32).toBeCloseTo(event.endMs - event.startMs, 0);
      const { startMs, endMs } = speech.lines[index]!;
      expect(event.startMs).toBeLessThan(startMs);
      expect(event.endMs).toBeGreaterThan(endMs);
    }
  });
});
