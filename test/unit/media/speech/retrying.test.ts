import { describe, expect, it } from 'vitest';
import { RoomflowError } from '../../../../runtime/contract/index.ts';
import type { Recognised, SpeechEngine, UtteranceOptions } from '../../../../runtime/media/speech/types.ts';
import { engineFailure } from '../../../../runtime/media/speech/engines/engine-failure.ts';
import { retrying, type RetryClock } from '../../../../runtime/media/speech/engines/retrying.ts';

const heard: Recognised = { text: 'hello', language: 'en', words: null };
const broken = (): RoomflowError => engineFailure('engine-failed', 'It is broken.');

/** An engine that fails as it is told, and remembers what it was given. */
function scripted(outcomes: readonly (RoomflowError | Recognised)[]) {
  const utterances: { samples: number; options: UtteranceOptions }[] = [];
  const engine: SpeechEngine = {
    interim: true,
    wordTimes: true,
    open(options) {
      const outcome = outcomes[Math.min(utterances.length, outcomes.length - 1)]!;
      const utterance = { samples: 0, options };
      utterances.push(utterance);
      return {
        write: (samples) => void (utterance.samples += samples.length),
        finish: () => (outcome instanceof RoomflowError ? Promise.reject(outcome) : Promise.resolve(outcome)),
        cancel: () => undefined,
      };
    },
    forget: () => undefined,
    close: () => Promise.resolve(),
  };
  return { engine, utterances };
}

/** Time that passes only while somebody waits. */
function waitingClock(): RetryClock & { waits: number[]; pass(ms: number): void } {
  const waits: number[] = [];
  let nowMs = 0;
  return {
    waits,
    nowMs: () => nowMs,
    random: () => 0,
    pass(ms) {
      nowMs += ms;
    },
    wait(ms) {
      waits.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

const options = (): UtteranceOptions => ({ speakerId: 'ada', language: null, onInterim: () => undefined });

describe('an engine that is tried again', () => {
  it('gives all sound to each attempt', async () => {
    const { engine, utterances } = scripted([broken(), broken(), heard]);
    const clock = waitingClock();
    const utterance = retrying(engine, clock).open(options());
    utterance.write(new Int16Array(100));
    utterance.write(new Int16Array(50));
    expect(await utterance.finish()).toEqual(heard);
    expect(utterances.map(({ samples }) => samples)).toEqual([150, 150, 150]);
    expect(clock.waits).toEqual([500, 1000]);
  });

  it('begins anew while somebody still speaks', async () => {
    const { engine, utterances } = scripted([broken(), heard]);
    const utterance = retrying(engine, waitingClock()).open(options());
    utterance.write(new Int16Array(100));
    utterances[0]!.options.onLost?.(broken());
    utterance.write(new Int16Array(100));
    await new Promise((resolve) => setImmediate(resolve));
    utterance.write(new Int16Array(100));
    expect(await utterance.finish()).toEqual(heard);
    expect(utterances.map(({ samples }) => samples)).toEqual([100, 300]);
  });

  it('lets the error out after half a minute', async () => {
    const { engine } = scripted([broken()]);
    const clock = waitingClock();
    await expect(retrying(engine, clock).open(options()).finish()).rejects.toMatchObject({
      code: 'engine-failed',
    });
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(30_000);
    expect(clock.waits.length).toBeGreaterThan(4);
  });

  it('gives one attempt to each further utterance while the service stays down, and its patience back with a success', async () => {
    const { engine } = scripted([...Array.from({ length: 7 }, broken), broken(), heard, broken(), heard]);
    const clock = waitingClock();
    const tried = retrying(engine, clock);
    await expect(tried.open(options()).finish()).rejects.toThrow('It is broken.');
    const waits = clock.waits.length;
    clock.pass(10_000);
    await expect(tried.open(options()).finish()).rejects.toThrow('It is broken.');
    expect(clock.waits).toHaveLength(waits);
    expect(await tried.open(options()).finish()).toEqual(heard);
    expect(await tried.open(options()).finish()).toEqual(heard);
    expect(clock.waits).toHaveLength(waits + 1);
  });

  it.each(['engine-unauthorized', 'engine-not-ready'] as const)('lets %s out at once', async (code) => {
    const { engine, utterances } = scripted([engineFailure(code, 'No.')]);
    await expect(retrying(engine, waitingClock()).open(options()).finish()).rejects.toMatchObject({ code });
    expect(utterances).toHaveLength(1);
  });

  it('does not try again what was given up', async () => {
    const { engine, utterances } = scripted([broken(), heard]);
    const utterance = retrying(engine, waitingClock()).open(options());
    utterance.cancel();
    await expect(utterance.finish()).rejects.toMatchObject({ code: 'engine-failed' });
    expect(utterances).toHaveLength(1);
  });

  it('has one attempt at more than a minute of speech', async () => {
    const { engine, utterances } = scripted([broken(), heard]);
    const utterance = retrying(engine, waitingClock()).open(options());
    utterance.write(new Int16Array(61 * 16_000));
    await expect(utterance.finish()).rejects.toMatchObject({ code: 'engine-failed' });
    expect(utterances).toHaveLength(1);
  });
});
