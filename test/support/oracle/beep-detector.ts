import { SAMPLE_RATE } from './decoded-media.ts';

export type BeepDetectorOptions = { frequencyHz: number };

/** Half a millisecond: the grid on which the tone's level is kept. */
const HOP_SAMPLES = 24;
/** Four milliseconds: four waves of 1 kHz, so that its level does not ripple. */
const WINDOW_HOPS = 8;
/** Holes up to this long (a lost packet) do not split a beep. */
const MERGE_HOPS = 60;
/** Shorter tones are clicks, not beeps. */
const SHORTEST_HOPS = 50;
/** About -40 dB of full scale: quieter than this is silence. */
const QUIETEST_LEVEL = 0.01;
/** Share of the sound's power that has to be in the tone. Guests that beep at once share it. */
const LEAST_PURITY = 0.15;

/**
 * Finds where a tone sets in, to well under a millisecond.
 *
 * The tone's level is the sound multiplied with a wave of the same frequency in two phases (a Goertzel filter
 * over a sliding window). A tone that starts in the middle of the window fills half of it: the crossing of half
 * its final level is its onset, whatever the window's length and however a codec has smeared it.
 */
export class BeepDetector {
  readonly #inPhase: number[] = [];
  readonly #quadrature: number[] = [];
  readonly #power: number[] = [];
  readonly #cosine = new Float64Array(SAMPLE_RATE);
  readonly #sine = new Float64Array(SAMPLE_RATE);
  #sample = 0;
  #hop = { inPhase: 0, quadrature: 0, power: 0 };

  constructor({ frequencyHz }: BeepDetectorOptions) {
    for (let index = 0; index < SAMPLE_RATE; index++) {
      const angle = (2 * Math.PI * frequencyHz * index) / SAMPLE_RATE;
      this.#cosine[index] = Math.cos(angle);
      this.#sine[index] = Math.sin(angle);
    }
  }

  push(samples: Int16Array): void {
    const hop = this.#hop;
    for (const sample of samples) {
      const value = sample / 32_768;
      const phase = this.#sample % SAMPLE_RATE;
      hop.inPhase += value * (this.#cosine[phase] ?? 0);
      hop.quadrature += value * (this.#sine[phase] ?? 0);
      hop.power += value * value;
      this.#sample += 1;
      if (this.#sample % HOP_SAMPLES === 0) {
        this.#inPhase.push(hop.inPhase);
        this.#quadrature.push(hop.quadrature);
        this.#power.push(hop.power);
        hop.inPhase = hop.quadrature = hop.power = 0;
      }
    }
  }

  /** The onsets of all beeps pushed so far, as sample indices (with fractions), ascending. */
  onsets(): number[] {
    const { levels, powers } = this.#levels();
    let loudest = 0;
    for (const level of levels) {
      loudest = Math.max(loudest, level);
    }
    const threshold = Math.max(QUIETEST_LEVEL, 0.3 * loudest);
    const onsets: number[] = [];
    for (const { start, end } of runsAbove(levels, threshold)) {
      const tone = levels.slice(start, end).toSorted((a, b) => a - b);
      const plateau = tone[tone.length >> 1] ?? 0;
      const power = powers.slice(start, end).reduce((sum, value) => sum + value, 0) / (end - start);
      const isPure = plateau ** 2 / 2 >= LEAST_PURITY * power;
      // A tone that is there from the first sample set in before the recording.
      if (end - start >= SHORTEST_HOPS && isPure && start > WINDOW_HOPS) {
        onsets.push(crossing(levels, start, plateau / 2) * HOP_SAMPLES);
      }
    }
    return onsets;
  }

  /** The tone's amplitude and the sound's power in the window centred on each hop's first sample. */
  #levels(): { levels: Float64Array; powers: Float64Array } {
    const count = this.#power.length;
    const levels = new Float64Array(count);
    const powers = new Float64Array(count);
    const half = WINDOW_HOPS / 2;
    const windowSamples = WINDOW_HOPS * HOP_SAMPLES;
    for (let hop = half; hop + half <= count; hop++) {
      let inPhase = 0;
      let quadrature = 0;
      let power = 0;
      for (let index = hop - half; index < hop + half; index++) {
        inPhase += this.#inPhase[index] ?? 0;
        quadrature += this.#quadrature[index] ?? 0;
        power += this.#power[index] ?? 0;
      }
      levels[hop] = (2 * Math.hypot(inPhase, quadrature)) / windowSamples;
      powers[hop] = power / windowSamples;
    }
    return { levels, powers };
  }
}

function runsAbove(levels: Float64Array, threshold: number): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  let open: { start: number; end: number } | undefined;
  for (let index = 0; index < levels.length; index++) {
    if ((levels[index] ?? 0) < threshold) {
      continue;
    }
    if (open !== undefined && index - open.end <= MERGE_HOPS) {
      open.end = index + 1;
    } else {
      open = { start: index, end: index + 1 };
      runs.push(open);
    }
  }
  return runs;
}

/** Where the level goes through `target` around `near`, between two hops. */
function crossing(levels: Float64Array, near: number, target: number): number {
  let index = near;
  while (index > 0 && (levels[index] ?? 0) >= target) {
    index -= 1;
  }
  while (index + 1 < levels.length && (levels[index + 1] ?? 0) < target) {
    index += 1;
  }
  const before = levels[index] ?? 0;
  const after = levels[index + 1] ?? before;
  return index + (after > before ? (target - before) / (after - before) : 0);
}
