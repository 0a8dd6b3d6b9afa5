import { setTimeout as pause } from 'node:timers/promises';
import { RoomflowError } from '../../../contract/index.ts';
import { monotonicMs } from '../../clock/index.ts';
import { SPEECH_RATE } from '../types.ts';
import type { Recognised, SpeechEngine, UtteranceOptions, UtteranceStream } from '../types.ts';
import { engineFailure, passing } from './engine-failure.ts';
import { nextAttempt, prolonged, type Outage } from './retry-decision.ts';

/** Sound that is kept to be sent again; a longer utterance has one attempt. */
const KEPT_SAMPLES = 60 * SPEECH_RATE;

/** What time and chance are to it. Tests give their own. */
export type RetryClock = {
  nowMs(): number;
  random(): number;
  wait(ms: number, signal: AbortSignal): Promise<unknown>;
};

const realClock: RetryClock = {
  nowMs: monotonicMs,
  random: () => Math.random(),
  wait: (ms, signal) => pause(ms, undefined, { signal }),
};

/**
 * Has an engine that is reached over the network tried again: keeps the sound of each utterance, and gives it to the
 * engine once more after failures that may pass, also while the utterance is still spoken. Errors come out when they
 * cannot pass, or have not in half a minute.
 */
export function retrying(engine: SpeechEngine, clock: RetryClock = realClock): SpeechEngine {
  /** Shared by all utterances: when the service is down for long, each has one attempt, and none piles up. */
  let outage: Outage | null = null;
  const open = new Set<RetriedUtterance>();
  return {
    interim: engine.interim,
    wordTimes: engine.wordTimes,
    open(options) {
      const utterance = new RetriedUtterance(engine, options, clock, {
        failed(failures, error) {
          outage = prolonged(outage, clock.nowMs());
          return nextAttempt({ failures, ...passing(error) }, outage, clock.nowMs(), clock.random());
        },
        succeeded() {
          outage = null;
        },
        over: () => open.delete(utterance),
      });
      open.add(utterance);
      return utterance;
    },
    ...(engine.backlogMs === undefined ? {} : { backlogMs: () => engine.backlogMs?.() ?? 0 }),
    forget: (speakerId) => engine.forget(speakerId),
    async close() {
      for (const utterance of open) utterance.cancel();
      await engine.close();
    },
  };
}

type Attempts = {
  /** Milliseconds until the next attempt; null: no more. */
  failed(failures: number, error: RoomflowError): number | null;
  succeeded(): void;
  over(): void;
};

/** One utterance, however many streams of the engine it takes. */
class RetriedUtterance implements UtteranceStream {
  readonly #engine: SpeechEngine;
  readonly #options: UtteranceOptions;
  readonly #clock: RetryClock;
  readonly #attempts: Attempts;
  readonly #cancelling = new AbortController();
  /** Null once it is too long. */
  #kept: Int16Array[] | null = [];
  #keptSamples = 0;
  #failures = 0;
  #stream: UtteranceStream | null = null;
  /** Resolves when the engine has a stream again; rejects with what is final. */
  #recovering: Promise<void> | null = null;
  #finished: Promise<Recognised> | undefined;

  constructor(engine: SpeechEngine, options: UtteranceOptions, clock: RetryClock, attempts: Attempts) {
    this.#engine = engine;
    this.#options = options;
    this.#clock = clock;
    this.#attempts = attempts;
    this.#begin();
  }

  write(samples: Int16Array): void {
    if (this.#kept !== null) {
      this.#kept.push(samples);
      this.#keptSamples += samples.length;
      if (this.#keptSamples > KEPT_SAMPLES) this.#kept = null;
    }
    this.#stream?.write(samples);
  }

  finish(): Promise<Recognised> {
    this.#finished ??= this.#finish().finally(() => {
      this.#attempts.over();
    });
    return this.#finished;
  }

  cancel(): void {
    this.#cancelling.abort();
    this.#stream?.cancel();
    this.#stream = null;
    this.#attempts.over();
  }

  /** A method, as it is asked again after an await. */
  #isCancelled(): boolean {
    return this.#cancelling.signal.aborted;
  }

  #begin(): void {
    const stream = this.#engine.open({
      ...this.#options,
      onLost: (error) => {
        if (this.#stream === stream && this.#finished === undefined) this.#recover(error);
      },
    });
    this.#stream = stream;
    for (const samples of this.#kept ?? []) stream.write(samples);
  }

  /** Begins anew while the utterance is still spoken. */
  #recover(error: RoomflowError): void {
    this.#stream = null;
    this.#recovering = this.#again(error);
    // Told by finish().
    this.#recovering.catch(() => undefined);
  }

  /** Waits, and opens the next stream. */
  async #again(error: RoomflowError): Promise<void> {
    this.#failures += 1;
    const waitMs = this.#attempts.failed(this.#failures, error);
    if (waitMs === null || this.#kept === null) throw error;
    await this.#clock.wait(waitMs, this.#cancelling.signal);
    this.#begin();
  }

  async #finish(): Promise<Recognised> {
    for (;;) {
      await this.#recovering;
      this.#recovering = null;
      const stream = this.#stream;
      if (stream === null || this.#isCancelled()) throw givenUp();
      try {
        const recognised = await stream.finish();
        this.#attempts.succeeded();
        return recognised;
      } catch (error) {
        if (this.#isCancelled()) throw givenUp();
        await this.#again(RoomflowError.from(error));
      }
    }
  }
}

const givenUp = (): RoomflowError =>
  engineFailure('engine-failed', 'The utterance was given up before it was recognised.', { mayPass: false });
