import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RoomflowError, type ErrorCode } from '../../contract/index.ts';
import { monotonicMs } from '../clock/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { EndpointerOptions } from './endpointer.ts';
import type { ChildEvent } from './listener-messages.ts';
import { SpeechDecoder } from './speech-decoder.ts';
import { SPEECH_RATE } from './types.ts';
import type { Recognised, SpeechEngine, UtteranceStream } from './types.ts';
import { UtteranceFinder } from './utterance-finder.ts';
import { writeUtterance } from './utterance-file.ts';
import { BLOCK_SAMPLES } from './voice-detector.ts';
import type { VoiceDetector } from './voice-detector.ts';

/** Between two interim results of one speaker: more often than that nobody reads. */
const INTERIM_PAUSE_MS = 200;
const SAMPLES_PER_MS = SPEECH_RATE / 1000;

/** What an engine fails with that no other attempt, and no other process, would change. */
export const isFinalFailure = (code: ErrorCode): boolean =>
  code === 'engine-not-ready' || code === 'engine-unauthorized' || code === 'unsupported-language';

/** What all speakers of a child have in common. */
export type Surroundings = {
  engine: SpeechEngine | null;
  language: string | null;
  utteranceDirectory: string | null;
  endpointing: EndpointerOptions;
  /** False while interim results are to be left out; each one that is counts. */
  wantsInterim(): boolean;
  onUtterance(): void;
  /** @param arrivalMs - When the sound that ended the utterance came; null for what is not of its end. */
  tell: (event: ChildEvent, arrivalMs: number | null, speaker: Speaker) => void;
  /** The engine refuses for good. */
  onRefused(error: RoomflowError): void;
};

/** One utterance, from its first sample until all of it is told. */
type Utterance = {
  readonly segmentId: string;
  readonly audioStartMs: number;
  readonly stream: UtteranceStream | null;
  readonly chunks: Int16Array[];
  samples: number;
  startMs: number;
  endMs: number;
  interim: string;
  interimAtMs: number;
  /** When its end was known, and when the sound came that told it. */
  endedAtMs: number;
  arrivalMs: number;
  isOver: boolean;
  /** Whether the engine and the file have done their part. */
  isDone: boolean;
  recognised: Recognised | null;
  file: { path: string; bytes: number } | null;
  failure: RoomflowError | null;
};

/** Listens to one speaker: decodes, finds utterances, has them recognised and tells them in order. */
export class Speaker {
  readonly number: number;
  readonly id: string;
  readonly #surroundings: Surroundings;
  readonly #decoder: SpeechDecoder;
  readonly #detector: VoiceDetector;
  readonly #finder: UtteranceFinder;
  /** Not told yet, oldest first; the last one may still be spoken. */
  readonly #utterances: Utterance[] = [];
  #current: Utterance | null = null;
  #arrivalMs = 0;
  #settledMs: number;
  #whenTold: (() => void)[] = [];

  private constructor(
    number: number,
    id: string,
    fromMs: number,
    detector: VoiceDetector,
    surroundings: Surroundings,
  ) {
    this.number = number;
    this.id = id;
    this.#surroundings = surroundings;
    this.#settledMs = fromMs;
    this.#detector = detector;
    this.#finder = new UtteranceFinder(detector, surroundings.endpointing, {
      begin: (startMs, audioStartMs) => {
        this.#begin(startMs, audioStartMs);
      },
      samples: (block) => {
        this.#take(block);
      },
      end: (startMs, endMs, isUtterance) => {
        this.#end(startMs, endMs, isUtterance);
      },
    });
    this.#decoder = new SpeechDecoder(fromMs, (block, atMs) => {
      this.#finder.push(block, atMs);
    });
  }

  /** @param fromMs - What sounded before it is not listened to. */
  static async open(
    number: number,
    id: string,
    fromMs: number,
    detector: VoiceDetector,
    surroundings: Surroundings,
  ): Promise<Speaker> {
    const speaker = new Speaker(number, id, fromMs, detector, surroundings);
    await speaker.#decoder.ready;
    return speaker;
  }

  get speaking(): boolean {
    return this.#current !== null;
  }

  /** Up to when all that was said is told: nothing before it is needed any more. */
  get settledMs(): number {
    const [oldest] = this.#utterances;
    const heardMs = this.#decoder.nextMs;
    if (oldest) this.#settledMs = Math.max(this.#settledMs, oldest.audioStartMs);
    else if (heardMs !== null) {
      this.#settledMs = Math.max(this.#settledMs, this.#finder.openFromMs(heardMs));
    }
    return this.#settledMs;
  }

  /** Speech that is over and waits behind other speech of the same speaker. */
  get waitingMs(): number {
    let waitingMs = 0;
    for (let index = 1; index < this.#utterances.length; index++) {
      const utterance = this.#utterances[index];
      if (utterance?.isOver === true && !utterance.isDone) waitingMs += utterance.endMs - utterance.startMs;
    }
    return waitingMs;
  }

  push(frame: EncodedFrame, arrivalMs: number): void {
    this.#arrivalMs = arrivalMs;
    this.#decoder.push(frame);
  }

  /** Muted, away, or without sound for long: what was being said is over. */
  pause(): void {
    this.#arrivalMs = monotonicMs();
    this.#finder.finish();
    this.#decoder.reset();
  }

  /** Resolves when all that was said is told. Nothing may be pushed any more. */
  async finish(): Promise<void> {
    this.pause();
    if (this.#utterances.length > 0) {
      await new Promise<void>((resolve) => this.#whenTold.push(resolve));
    }
  }

  /** What is not told by now is a gap. */
  giveUp(failure: RoomflowError): void {
    for (const utterance of this.#utterances) {
      if (utterance.isDone) continue;
      utterance.failure = failure;
      utterance.isDone = true;
    }
    this.#tellDone();
  }

  close(): void {
    this.#decoder.close();
    this.#detector.close();
  }

  #begin(startMs: number, audioStartMs: number): void {
    const { engine, language } = this.#surroundings;
    const stream =
      engine?.open({
        speakerId: this.id,
        language,
        onInterim: (recognised) => {
          this.#tellInterim(utterance, recognised);
        },
        wantsInterim: () => this.#surroundings.wantsInterim(),
      }) ?? null;
    const utterance: Utterance = {
      segmentId: `seg_${randomBytes(9).toString('base64url')}`,
      audioStartMs,
      stream,
      chunks: [],
      samples: 0,
      startMs,
      endMs: startMs,
      interim: '',
      interimAtMs: 0,
      endedAtMs: 0,
      arrivalMs: 0,
      isOver: false,
      isDone: false,
      recognised: null,
      file: null,
      failure: null,
    };
    this.#current = utterance;
    this.#utterances.push(utterance);
  }

  #take(block: Int16Array): void {
    const utterance = this.#current;
    if (utterance === null) return;
    utterance.samples += BLOCK_SAMPLES;
    if (this.#surroundings.utteranceDirectory !== null) utterance.chunks.push(block.slice());
    utterance.stream?.write(block.slice());
  }

  #end(startMs: number, endMs: number, isUtterance: boolean): void {
    const utterance = this.#current;
    this.#current = null;
    if (utterance === null) return;
    utterance.startMs = startMs;
    utterance.endMs = endMs;
    utterance.endedAtMs = monotonicMs();
    utterance.arrivalMs = this.#arrivalMs;
    utterance.isOver = true;
    if (isUtterance) {
      this.#surroundings.onUtterance();
      void this.#complete(utterance);
    } else {
      utterance.stream?.cancel();
      utterance.isDone = true;
      this.#tellDone();
    }
  }

  async #complete(utterance: Utterance): Promise<void> {
    try {
      const [recognised, file] = await Promise.all([
        utterance.stream?.finish() ?? null,
        this.#writeFile(utterance),
      ]);
      utterance.recognised = recognised;
      utterance.file = file;
    } catch (error) {
      utterance.failure = RoomflowError.from(error);
    }
    utterance.isDone = true;
    this.#tellDone();
  }

  async #writeFile({ segmentId, chunks }: Utterance): Promise<Utterance['file']> {
    const { utteranceDirectory } = this.#surroundings;
    if (utteranceDirectory === null) return null;
    const path = join(utteranceDirectory, `${segmentId}.wav`);
    const bytes = await writeUtterance(path, chunks);
    chunks.length = 0;
    return { path, bytes };
  }

  #tellInterim(utterance: Utterance, { text, language }: Recognised): void {
    const nowMs = monotonicMs();
    if (utterance.isOver || text === '' || text === utterance.interim) return;
    if (nowMs - utterance.interimAtMs < INTERIM_PAUSE_MS) return;
    if (!this.#surroundings.wantsInterim()) return;
    utterance.interim = text;
    utterance.interimAtMs = nowMs;
    this.#surroundings.tell(
      {
        type: 'interim',
        speakerId: this.id,
        segmentId: utterance.segmentId,
        text,
        startMs: utterance.startMs,
        endMs: Math.max(utterance.startMs, this.#finder.endMs),
        language,
      },
      null,
      this,
    );
  }

  /** Tells what is done, in the order in which it was said. */
  #tellDone(): void {
    while (this.#utterances[0]?.isDone === true) {
      const utterance = this.#utterances.shift();
      if (utterance) this.#tellEnd(utterance);
    }
    if (this.#utterances.length === 0) {
      for (const resolve of this.#whenTold.splice(0)) resolve();
    }
  }

  #tellEnd(utterance: Utterance): void {
    const { failure, file, recognised, arrivalMs, audioStartMs, samples } = utterance;
    const { tell } = this.#surroundings;
    this.#settledMs = Math.max(this.#settledMs, audioStartMs + samples / SAMPLES_PER_MS);
    const speakerId = this.id;
    if (file) {
      const endMs = audioStartMs + samples / SAMPLES_PER_MS;
      tell({ type: 'utterance', speakerId, ...file, startMs: audioStartMs, endMs }, arrivalMs, this);
    }
    if (failure) {
      const { code, message } = failure;
      const { startMs, endMs } = utterance;
      tell({ type: 'gap', speakerId, startMs, endMs, code, message }, arrivalMs, this);
      if (isFinalFailure(code)) this.#surroundings.onRefused(failure);
    } else if ((recognised !== null && recognised.text !== '') || utterance.interim !== '') {
      // What was shown of it is taken back by a final without text.
      tell(this.#finalOf(utterance), arrivalMs, this);
    }
  }

  #finalOf({
    segmentId,
    recognised,
    audioStartMs,
    samples,
    endedAtMs,
    ...utterance
  }: Utterance): ChildEvent & { type: 'final' } {
    const words = recognised?.words?.map((word) => ({
      ...word,
      startMs: audioStartMs + word.startMs,
      endMs: Math.min(audioStartMs + word.endMs, audioStartMs + samples / SAMPLES_PER_MS),
    }));
    const [first, last] = [words?.[0], words?.at(-1)];
    return {
      type: 'final',
      speakerId: this.id,
      segmentId,
      text: recognised?.text ?? '',
      startMs: first?.startMs ?? utterance.startMs,
      endMs: last?.endMs ?? utterance.endMs,
      language: recognised?.language ?? null,
      words: words ?? null,
      engineMs: monotonicMs() - endedAtMs,
    };
  }
}
