import { Endpointer } from './endpointer.ts';
import type { EndpointerOptions } from './endpointer.ts';
import { BLOCK_MS, BLOCK_SAMPLES } from './voice-detector.ts';
import type { VoiceDetector } from './voice-detector.ts';

/** Sound in front of the first voice that belongs to it: soft consonants come before the detector hears anything. */
const PRE_ROLL_MS = 250;
/** The pre-roll and the blocks by which speech is told. */
const KEPT_BLOCKS = Math.ceil(PRE_ROLL_MS / BLOCK_MS) + 6;

/** Hears of the utterances in a stream of blocks. */
export type UtteranceListener = {
  /** @param audioStartMs - Of the first sample that follows; `startMs` is that of the voice. */
  begin(startMs: number, audioStartMs: number): void;
  /** @param block - Is used again afterwards. */
  samples(block: Int16Array): void;
  /** @param isUtterance - False for what was too short to be one. */
  end(startMs: number, endMs: number, isUtterance: boolean): void;
};

/** Cuts a stream of blocks of 20 ms into utterances, with what belongs in front of each. Nothing is given out twice. */
export class UtteranceFinder {
  readonly #detector: VoiceDetector;
  readonly #endpointer: Endpointer;
  readonly #listener: UtteranceListener;
  /** The newest blocks of silence, round and round. */
  readonly #kept = Array.from({ length: KEPT_BLOCKS }, () => ({
    atMs: 0,
    samples: new Int16Array(BLOCK_SAMPLES),
  }));
  #keptCount = 0;
  #next = 0;

  constructor(detector: VoiceDetector, options: EndpointerOptions, listener: UtteranceListener) {
    this.#detector = detector;
    this.#endpointer = new Endpointer(options);
    this.#listener = listener;
  }

  get speaking(): boolean {
    return this.#endpointer.speaking;
  }

  /** When the voice was last heard in the utterance. */
  get endMs(): number {
    return this.#endpointer.endMs;
  }

  /** From when on sound may still become part of an utterance, given that all before `untilMs` was pushed. */
  openFromMs(untilMs: number): number {
    return untilMs - KEPT_BLOCKS * BLOCK_MS;
  }

  push(block: Int16Array, atMs: number): void {
    const turn = this.#endpointer.next(this.#detector.isVoice(block), atMs, BLOCK_MS);
    switch (turn) {
      case 'silence':
        this.#keep(block, atMs);
        break;
      case 'begin':
        this.#keep(block, atMs);
        this.#begin();
        break;
      case 'speech':
        this.#listener.samples(block);
        break;
      case 'end':
        this.#listener.samples(block);
        this.#end();
        break;
      default:
        turn satisfies never;
    }
  }

  /** No sound comes any more, or there is a hole before the next: what was being said is over. */
  finish(): void {
    const { speaking } = this.#endpointer;
    this.#endpointer.finish();
    this.#keptCount = 0;
    if (speaking) this.#end();
  }

  #keep(block: Int16Array, atMs: number): void {
    const place = this.#kept[this.#next];
    if (place === undefined) return;
    place.samples.set(block);
    place.atMs = atMs;
    this.#next = (this.#next + 1) % KEPT_BLOCKS;
    this.#keptCount = Math.min(KEPT_BLOCKS, this.#keptCount + 1);
  }

  #begin(): void {
    const { startMs } = this.#endpointer;
    const fromMs = startMs - PRE_ROLL_MS - BLOCK_MS / 2;
    let begun = false;
    for (let age = this.#keptCount; age > 0; age--) {
      const place = this.#kept[(this.#next + KEPT_BLOCKS - age) % KEPT_BLOCKS];
      if (place === undefined || place.atMs < fromMs) continue;
      if (!begun) this.#listener.begin(startMs, place.atMs);
      begun = true;
      this.#listener.samples(place.samples);
    }
    this.#keptCount = 0;
  }

  #end(): void {
    const { startMs, endMs, isUtterance } = this.#endpointer;
    this.#listener.end(startMs, endMs, isUtterance);
  }
}
