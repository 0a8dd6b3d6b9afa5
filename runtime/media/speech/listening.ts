import type { RoomflowError } from '../../contract/index.ts';
import { monotonicMs } from '../clock/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { ChildEvent, ChildStats, ListeningOptions, Settled } from './listener-messages.ts';
import { Speaker } from './speaker.ts';
import type { Surroundings } from './speaker.ts';
import type { SpeechEngine } from './types.ts';
import type { VoiceDetectors } from './voice-detector.ts';

/** Silence that ends an utterance. People pause for less within a sentence, and wait for no more at its end. */
export const PAUSE_MS = 500;
/** Interim results are left out from this backlog on, and made again below the second. */
const BEHIND_MS = 2000;
const CAUGHT_UP_MS = 500;
export const TICK_MS = 100;
/** A speaker from whom no sound has come for so many ticks has stopped: a microphone that is on sends silence too. */
const QUIET_TICKS = 10;

export type ListeningListener = {
  heard(event: ChildEvent, arrivalMs: number | null, settled: Settled): void;
  behind(behind: boolean, backlogMs: number): void;
  forgotten(speaker: number): void;
  refused(error: RoomflowError): void;
};

type Ear = {
  /** Null while its decoder is opened; what comes until then is done in order afterwards. */
  speaker: Speaker | null;
  held: (() => void)[];
  quietTicks: number;
  opened: Promise<void>;
};

/** All speakers of one child. */
export class Listening {
  readonly #detectors: VoiceDetectors;
  readonly #listener: ListeningListener;
  readonly #surroundings: Surroundings;
  readonly #engine: SpeechEngine | null;
  readonly #ears = new Map<number, Ear>();
  readonly #stats: ChildStats = { utterances: 0, interimsDropped: 0, backlogMs: 0 };
  readonly #timer: NodeJS.Timeout;
  /** The longest that sound had to wait for its turn since the last tick. */
  #inputLagMs = 0;
  #behind = false;

  constructor(
    engine: SpeechEngine | null,
    detectors: VoiceDetectors,
    options: Omit<ListeningOptions, 'engine'>,
    listener: ListeningListener,
  ) {
    this.#engine = engine;
    this.#detectors = detectors;
    this.#listener = listener;
    this.#surroundings = {
      engine,
      language: options.language,
      utteranceDirectory: options.utteranceDirectory,
      endpointing: { pauseMs: PAUSE_MS, ...options },
      wantsInterim: () => {
        if (this.#behind) this.#stats.interimsDropped += 1;
        return !this.#behind;
      },
      onUtterance: () => {
        this.#stats.utterances += 1;
      },
      tell: (event, arrivalMs, { number, settledMs }) => {
        listener.heard(event, arrivalMs, { speaker: number, settledMs });
      },
      onRefused: (error) => {
        listener.refused(error);
      },
    };
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  get stats(): ChildStats {
    return this.#stats;
  }

  get settled(): Settled[] {
    return [...this.#ears].flatMap(([number, { speaker }]) =>
      speaker ? [{ speaker: number, settledMs: speaker.settledMs }] : [],
    );
  }

  /** @param onFailure - There is no memory for another speaker. */
  open(number: number, speakerId: string, fromMs: number, onFailure: (error: unknown) => void): void {
    const ear: Ear = { speaker: null, held: [], quietTicks: 0, opened: Promise.resolve() };
    this.#ears.set(number, ear);
    ear.opened = Speaker.open(number, speakerId, fromMs, this.#detectors.open(), this.#surroundings).then(
      (speaker) => {
        ear.speaker = speaker;
        for (const work of ear.held.splice(0)) work();
      },
      onFailure,
    );
  }

  push(number: number, frame: EncodedFrame, arrivalMs: number): void {
    const ear = this.#ears.get(number);
    if (ear === undefined) return;
    ear.quietTicks = 0;
    if (ear.speaker === null) {
      ear.held.push(() => ear.speaker?.push(frame, arrivalMs));
      return;
    }
    this.#inputLagMs = Math.max(this.#inputLagMs, monotonicMs() - arrivalMs);
    ear.speaker.push(frame, arrivalMs);
  }

  pause(number: number): void {
    const ear = this.#ears.get(number);
    if (ear === undefined) return;
    if (ear.speaker === null) ear.held.push(() => ear.speaker?.pause());
    else ear.speaker.pause();
  }

  async forget(number: number): Promise<void> {
    const ear = this.#ears.get(number);
    await ear?.opened;
    const speaker = ear?.speaker;
    if (!speaker) return;
    await speaker.finish();
    if (!this.#ears.delete(number)) return;
    this.#engine?.forget(speaker.id);
    speaker.close();
    this.#listener.forgotten(number);
  }

  /** Waits until all that was said is told; after `timeoutMs`, what is not is told as a gap. */
  async close(timeoutMs: number, failure: RoomflowError): Promise<void> {
    const ears = [...this.#ears.values()];
    await Promise.all(ears.map(({ opened }) => opened));
    const speakers = ears.flatMap(({ speaker }) => speaker ?? []);
    const giveUp = setTimeout(() => {
      for (const speaker of speakers) speaker.giveUp(failure);
    }, timeoutMs);
    await Promise.all(speakers.map((speaker) => speaker.finish()));
    clearTimeout(giveUp);
    for (const { number } of speakers) this.#listener.forgotten(number);
    await this.abort();
  }

  /** Lets go of everything; nothing is told any more. */
  async abort(): Promise<void> {
    clearInterval(this.#timer);
    for (const { speaker } of this.#ears.values()) speaker?.close();
    this.#ears.clear();
    await this.#engine?.close();
  }

  #tick(): void {
    let waitingMs = 0;
    for (const ear of this.#ears.values()) {
      const { speaker } = ear;
      if (speaker === null) continue;
      waitingMs = Math.max(waitingMs, speaker.waitingMs);
      // Ticks that the process was too busy for do not count: the sound may be there and wait as well.
      ear.quietTicks += 1;
      if (ear.quietTicks === QUIET_TICKS && speaker.speaking) speaker.pause();
    }
    const backlogMs = Math.round(Math.max(this.#inputLagMs, this.#engine?.backlogMs?.() ?? 0, waitingMs));
    this.#inputLagMs = 0;
    this.#stats.backlogMs = backlogMs;
    const behind = backlogMs > (this.#behind ? CAUGHT_UP_MS : BEHIND_MS);
    if (behind !== this.#behind) {
      this.#behind = behind;
      this.#listener.behind(behind, backlogMs);
    }
  }
}
