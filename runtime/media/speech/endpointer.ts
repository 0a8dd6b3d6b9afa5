/** Where speech begins and ends is decided by these. Milliseconds. */
export type EndpointerOptions = {
  /** Silence that ends an utterance. */
  pauseMs: number;
  /** Utterances that sound for less are none. */
  minUtteranceMs: number;
  /** Longer ones are cut, at a pause where there is one. */
  maxUtteranceMs: number;
};

/** What a block of sound is. `begin` and `end` hold it as well: it is the first, or the last, of an utterance. */
export type Turn = 'silence' | 'begin' | 'speech' | 'end';

/** Voice in so many of the last blocks is speech: a click of one block is not. */
const ONSET_BLOCKS = 3;
const ONSET_WINDOW = 5;
/** For how long the detector goes on to hear a voice after its end: 60 to 140 ms, measured. */
const DETECTOR_HANGOVER_MS = 80;
/** In the second half of the longest utterance this much silence is enough to end it, a breath. */
const BREATH_MS = 200;

/**
 * Finds utterances in what a voice detector says of one block after the other. Knows no clock but the times it is given,
 * so the same blocks make the same utterances, however fast they come.
 */
export class Endpointer {
  readonly #options: EndpointerOptions;
  /** When the newest blocks with voice began, oldest first; those out of the window are taken out. */
  readonly #onset: number[] = [];
  #speaking = false;
  #startMs = 0;
  #lastVoiceMs = 0;

  constructor(options: EndpointerOptions) {
    this.#options = options;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** When the utterance began, the last one's when nobody speaks. */
  get startMs(): number {
    return this.#startMs;
  }

  /** When the voice was last heard in it, as far as is known. */
  get endMs(): number {
    return Math.max(this.#startMs, this.#lastVoiceMs - DETECTOR_HANGOVER_MS);
  }

  /** Whether the utterance that has ended is long enough to be one. */
  get isUtterance(): boolean {
    return this.endMs - this.#startMs >= this.#options.minUtteranceMs;
  }

  /** @param atMs - When the block began. */
  next(isVoice: boolean, atMs: number, durationMs: number): Turn {
    const untilMs = atMs + durationMs;
    return this.#speaking ? this.#goOn(isVoice, untilMs) : this.#listen(isVoice, atMs, untilMs);
  }

  /** No sound comes any more: what was being said is over. */
  finish(): void {
    this.#speaking = false;
    this.#onset.length = 0;
  }

  #listen(isVoice: boolean, atMs: number, untilMs: number): Turn {
    const onset = this.#onset;
    const windowMs = ONSET_WINDOW * (untilMs - atMs);
    while (onset[0] !== undefined && onset[0] < untilMs - windowMs) onset.shift();
    if (!isVoice) return 'silence';
    onset.push(atMs);
    if (onset.length < ONSET_BLOCKS) return 'silence';
    this.#startMs = onset[0] ?? atMs;
    this.#lastVoiceMs = untilMs;
    this.#speaking = true;
    onset.length = 0;
    return 'begin';
  }

  #goOn(isVoice: boolean, untilMs: number): Turn {
    const { pauseMs, maxUtteranceMs } = this.#options;
    if (isVoice) this.#lastVoiceMs = untilMs;
    const lengthMs = untilMs - this.#startMs;
    const enoughMs = lengthMs > maxUtteranceMs / 2 ? Math.min(pauseMs, BREATH_MS) : pauseMs;
    if (lengthMs < maxUtteranceMs && untilMs - this.endMs < enoughMs) return 'speech';
    this.#speaking = false;
    return 'end';
  }
}
