import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';
import { createMixer } from '../../../../runtime/media/compose/mixer/index.ts';
import type { Mixer } from '../../../../runtime/media/compose/mixer/index.ts';

const FRAME = 960;
/** Code 0 of a 20 ms full-band frame (RFC 6716 §3.1): what makes a packet last 20 ms. */
const TOC_20_MS = 0xf8;

type Wave = (sample: number) => number;
const tone =
  (hertz: number, amplitude = 0.5): Wave =>
  (sample) =>
    amplitude * Math.sin((2 * Math.PI * hertz * sample) / 48_000);

/** Packets are tickets for samples, so that the mix can be compared with what was spoken to the sample. */
const bench = (options: { startSample?: number } = {}) => {
  const spoken = new Map<Uint8Array, Float32Array>();
  let opened = 0;
  let closed = 0;
  const mixer = createMixer({
    startSample: options.startSample ?? 0,
    onError: (error) => {
      throw error;
    },
    openDecoder: async () => {
      opened++;
      let last: Float32Array = new Float32Array(FRAME);
      return {
        decode(packet) {
          last = spoken.get(packet) ?? new Float32Array(0);
          return { left: last, right: last.map((value) => -value) };
        },
        conceal: () => ({ left: last, right: last.map((value) => -value) }),
        close() {
          closed++;
        },
      };
    },
  });
  const speak = (
    source: string,
    wave: Wave,
    timestampMs: number,
    from = Math.round(timestampMs * 48),
  ): void => {
    const data = Uint8Array.of(TOC_20_MS, 0);
    spoken.set(
      data,
      Float32Array.from({ length: FRAME }, (_, index) => wave(from + index)),
    );
    const frame: EncodedFrame = { kind: 'audio', codec: 'opus', timestampMs, key: true, data };
    mixer.push(source, frame);
  };
  return { mixer, speak, decoders: () => ({ opened, closed }) };
};

/** Decoders open in the background. */
const decodersOpen = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const render = (mixer: Mixer, milliseconds: number): { left: Float32Array; right: Float32Array } => {
  const block = new Float32Array(2 * milliseconds * 48);
  mixer.render(block);
  return {
    left: block.filter((_, index) => index % 2 === 0),
    right: block.filter((_, index) => index % 2 === 1),
  };
};

const largestStep = (samples: Float32Array): number =>
  samples.reduce(
    (most, sample, index) => Math.max(most, Math.abs(sample - (samples[index - 1] ?? sample))),
    0,
  );

const largest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** Amplitude of one frequency in a stretch of sound (a discrete Fourier transform of one place). */
const amplitudeOf = (samples: Float32Array, hertz: number): number => {
  let [real, imaginary] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * hertz * index) / 48_000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length;
};

/** By how many samples, up to half a wave of 440 Hz, the sound is off from where it belongs. */
const lagOf = (samples: Float32Array, at: number, belongs: Wave): number => {
  let found = { shift: 0, difference: Infinity };
  for (let shift = -54; shift < 54; shift++) {
    let difference = 0;
    for (let index = 0; index < 4 * 109; index++) {
      difference += Math.abs((samples[at + index] ?? 0) - belongs(at + index - shift));
    }
    if (difference < found.difference) found = { shift, difference };
  }
  return found.shift;
};

describe('a mix of one', () => {
  it('lays sound on the session clock to the sample, by timestamp and not by arrival', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    // Captured from 100.25 ms on and all handed over at once.
    for (let frame = 0; frame < 10; frame++) speak('a', tone(440), 100.25 + frame * 20);
    const { left, right } = render(mixer, 300);
    const begin = 100.25 * 48;
    expect(largest(left.subarray(0, begin))).toBe(0);
    for (let sample = begin + 240; sample < begin + 10 * FRAME - 240; sample++) {
      expect(left[sample]).toBeCloseTo(tone(440)(sample), 5);
      expect(right[sample]).toBeCloseTo(-tone(440)(sample), 5);
    }
    expect(largest(left.subarray(begin + 10 * FRAME))).toBe(0);
  });

  it('counts samples from where it began, so that a new process goes on where another ended', async () => {
    const { mixer, speak } = bench({ startSample: 480_000 });
    mixer.setSources(['a']);
    await decodersOpen();
    for (let frame = 0; frame < 5; frame++) speak('a', tone(440), 10_000 + frame * 20);
    expect(mixer.position).toBe(480_000);
    const { left } = render(mixer, 100);
    expect(mixer.position).toBe(484_800);
    expect(left[2400]).toBeCloseTo(tone(440)(482_400), 5);
  });

  it('keeps frames that come while the decoder opens', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    for (let frame = 0; frame < 5; frame++) speak('a', tone(440), frame * 20);
    await decodersOpen();
    expect(amplitudeOf(render(mixer, 100).left, 440)).toBeGreaterThan(0.45);
  });

  it('makes no click when somebody begins and ends in the middle of a loud wave', async () => {
    const { mixer, speak } = bench();
    const loud: Wave = () => 0.8;
    mixer.setSources(['a']);
    await decodersOpen();
    for (let frame = 1; frame < 4; frame++) speak('a', loud, frame * 20);
    const { left } = render(mixer, 120);
    expect(largest(left)).toBeCloseTo(0.8, 5);
    expect(largestStep(left)).toBeLessThan(0.8 / 200);
  });

  it('fades out who leaves or is muted in mid-word, within 10 ms', async () => {
    const { mixer, speak, decoders } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    for (let frame = 0; frame < 10; frame++) speak('a', () => 0.8, frame * 20);
    const before = render(mixer, 100).left;
    mixer.setSources([]);
    const after = render(mixer, 60).left;
    const whole = Float32Array.from([...before, ...after]);
    expect(largestStep(whole)).toBeLessThan(0.8 / 200);
    expect(largest(after.subarray(480))).toBe(0);
    render(mixer, 20);
    expect(decoders()).toEqual({ opened: 1, closed: 1 });
  });

  it('is silent over a hole, with a fade on both sides of it', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    for (const at of [0, 20, 40, 200, 220, 240]) speak('a', () => 0.8, at);
    const { left } = render(mixer, 260);
    expect(largest(left.subarray(60 * 48, 200 * 48))).toBe(0);
    expect(left[30 * 48]).toBeCloseTo(0.8, 5);
    expect(left[220 * 48]).toBeCloseTo(0.8, 5);
    expect(largestStep(left)).toBeLessThan(0.8 / 200);
  });

  it('conceals up to three lost frames', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    for (const at of [0, 20, 40, 120, 140, 160]) speak('a', () => 0.8, at);
    const { left } = render(mixer, 180);
    expect(mixer.counts).toMatchObject({ concealed: 3, late: 0, dropped: 0 });
    expect(Math.min(...left.subarray(10 * 48, 170 * 48))).toBeCloseTo(0.8, 5);
  });

  it('takes a fade back when the sound goes on in time after all', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    speak('a', () => 0.8, 0);
    const first = render(mixer, 12).left;
    speak('a', () => 0.8, 20);
    speak('a', () => 0.8, 40);
    const whole = Float32Array.from([...first, ...render(mixer, 40).left]);
    expect(Math.min(...whole.subarray(300, 2000))).toBeGreaterThan(0.4);
    expect(largestStep(whole)).toBeLessThan(0.8 / 200);
  });
});

describe('a clock that is not the session’s', () => {
  /** Speaks for `seconds`, 100 ms ahead of the mix, with the timestamps that `clock` gives to a frame's number. */
  const listen = async (seconds: number, clock: (frame: number) => number) => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    const heard: Float32Array[] = [];
    let frame = 0;
    for (let atMs = 0; atMs < seconds * 1000; atMs += 20) {
      for (; clock(frame) < atMs + 100; frame++) speak('a', tone(440), clock(frame), frame * FRAME);
      heard.push(render(mixer, 20).left);
    }
    return { mixer, left: Float32Array.from(heard.flatMap((block) => [...block])) };
  };
  const smoothStep = 2 * 0.5 * Math.PI * (440 / 48_000) * 1.5;

  it('follows a clock that drifts, without a hole and without a click', async () => {
    // 300 ppm: three times what the crystals of sound cards are off by.
    const { mixer, left } = await listen(60, (frame) => 50 + frame * 20 * 1.0003);
    expect(mixer.counts).toEqual({ late: 0, concealed: 0, dropped: 0 });
    expect(largestStep(left.subarray(4800))).toBeLessThan(smoothStep);
    // After a minute the sound is where the timestamps say.
    const spokenAt = (sample: number): number => (sample - 50 * 48) / 1.0003;
    expect(Math.abs(lagOf(left, 59 * 48_000, (sample) => tone(440)(spokenAt(sample))))).toBeLessThan(48);
  });

  it('comes back into sync after a jump of 40 ms either way', async () => {
    const forth = await listen(8, (frame) => 50 + frame * 20 + (frame > 100 ? 40 : 0));
    expect(forth.mixer.counts).toMatchObject({ concealed: 2, dropped: 0, late: 0 });
    const back = await listen(20, (frame) => 50 + frame * 20 - (frame > 100 ? 40 : 0));
    expect(back.mixer.counts.dropped).toBeLessThanOrEqual(2);
    expect(largestStep(back.left.subarray(4800))).toBeLessThan(smoothStep);
  });

  it('leaves frames out until a source that jumped far back is in sync again, without a click', async () => {
    const { mixer, left } = await listen(8, (frame) => 50 + frame * 20 - (frame > 100 ? 500 : 0));
    expect(mixer.counts.dropped + mixer.counts.late).toBeGreaterThan(20);
    expect(largestStep(left.subarray(4800))).toBeLessThan(smoothStep);
    const spokenAt = (sample: number): number => sample - 50 * 48 + 500 * 48;
    expect(Math.abs(lagOf(left, 7 * 48_000, (sample) => tone(440)(spokenAt(sample))))).toBeLessThan(48);
  });
});

describe('frames that come too late', () => {
  const listenLate = async (seconds: number, lateMs: (frame: number) => number) => {
    const { mixer, speak } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    const heard: Float32Array[] = [];
    let frame = 0;
    for (let atMs = 0; atMs < seconds * 1000; atMs += 20) {
      for (; frame * 20 + lateMs(frame) <= atMs; frame++) speak('a', tone(440), frame * 20);
      heard.push(render(mixer, 20).left);
    }
    return { mixer, heard };
  };

  it('loses what comes late in one stall and stays in sync', async () => {
    // Usually 60 ms before their time; once for 300 ms nothing comes.
    const { mixer, heard } = await listenLate(4, (frame) =>
      frame >= 100 && frame < 118 ? (118 - frame) * 20 : -60,
    );
    expect(mixer.counts.late).toBeGreaterThan(0);
    const end = Float32Array.from(heard.slice(-5).flatMap((block) => [...block]));
    const offset = 4 * 48_000 - end.length;
    expect(end[1000]).toBeCloseTo(tone(440)(offset + 1000), 2);
  });

  it('stays in sync when all of its beginning comes at once, as to a process that has just started', async () => {
    const { heard } = await listenLate(4, (frame) => (frame < 60 ? (60 - frame) * 20 : -60));
    const samples = Float32Array.from(heard.flatMap((block) => [...block]));
    expect(Math.abs(lagOf(samples, samples.length - 4800, tone(440)))).toBeLessThan(2);
  });

  it('plays a source later that is always late, instead of never', async () => {
    const { mixer, heard } = await listenLate(4, () => 150);
    const end = Float32Array.from(heard.slice(-25).flatMap((block) => [...block]));
    expect(amplitudeOf(end, 440)).toBeGreaterThan(0.45);
    const late = mixer.counts.late;
    expect(late).toBeLessThan(40);
  });

  it('brings such a source back when its network allows', async () => {
    const { heard } = await listenLate(40, (frame) => (frame < 100 ? 100 : -60));
    const samples = Float32Array.from(heard.flatMap((block) => [...block]));
    expect(Math.abs(lagOf(samples, samples.length - 4800, tone(440)))).toBeLessThan(48);
  });
});

describe('a mix of many', () => {
  it('lets everybody be heard who speaks', async () => {
    const { mixer, speak } = bench();
    const voices = [300, 500, 700, 1100, 1300, 1700];
    mixer.setSources(voices.map(String));
    await decodersOpen();
    for (let frame = 0; frame < 15; frame++) {
      for (const hertz of voices) speak(String(hertz), tone(hertz, 0.1), frame * 20);
    }
    const { left } = render(mixer, 300);
    const middle = left.subarray(2400, 12_000);
    for (const hertz of voices) expect(amplitudeOf(middle, hertz)).toBeCloseTo(0.1, 2);
    expect(amplitudeOf(middle, 900)).toBeLessThan(0.005);
  });

  it('stays below full scale with ten who shout, without tearing the sum', async () => {
    const { mixer, speak } = bench();
    const voices = Array.from({ length: 10 }, (_, index) => 200 + 130 * index);
    mixer.setSources(voices.map(String));
    await decodersOpen();
    for (let frame = 0; frame < 50; frame++) {
      for (const hertz of voices) speak(String(hertz), tone(hertz, 0.9), frame * 20);
    }
    const { left, right } = render(mixer, 1000);
    expect(largest(left)).toBeLessThanOrEqual(0.9);
    expect(largest(right)).toBeLessThanOrEqual(0.9);
    // A limiter, not a clipper: everybody is quieter by the same factor, and nothing new is heard.
    const middle = left.subarray(24_000, 43_200);
    const amplitudes = voices.map((hertz) => amplitudeOf(middle, hertz));
    expect(Math.max(...amplitudes) / Math.min(...amplitudes)).toBeLessThan(1.15);
    expect(amplitudeOf(middle, 3950)).toBeLessThan(Math.min(...amplitudes) / 20);
  });

  it('leaves sound that is not too loud exactly as it was, also after it was too loud', async () => {
    const { mixer, speak } = bench();
    mixer.setSources(['a', 'b']);
    await decodersOpen();
    const quiet = tone(440, 0.5);
    const heard: Float32Array[] = [];
    for (let frame = 0; frame < 200; frame++) {
      speak('a', quiet, frame * 20);
      if (frame > 10 && frame < 16) speak('b', tone(770, 0.9), frame * 20);
      if (frame >= 5) heard.push(render(mixer, 20).left);
    }
    const samples = Float32Array.from(heard.flatMap((block) => [...block]));
    expect(largest(samples)).toBeGreaterThan(0.85);
    for (let sample = 480; sample < 9600; sample++) expect(samples[sample]).toBeCloseTo(quiet(sample), 6);
    const rested = samples.length - 4800;
    for (let sample = rested; sample < samples.length; sample++) {
      expect(samples[sample]).toBeCloseTo(quiet(sample), 6);
    }
  });

  it('drops frames of whoever is not mixed', async () => {
    const { mixer, speak, decoders } = bench();
    mixer.setSources(['a']);
    await decodersOpen();
    speak('b', tone(440), 0);
    expect(largest(render(mixer, 40).left)).toBe(0);
    mixer.close();
    expect(decoders()).toEqual({ opened: 1, closed: 1 });
  });
});
