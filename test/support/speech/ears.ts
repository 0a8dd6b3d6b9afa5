import type { Page } from 'playwright-core';
import { installEars } from './ears-page.ts';
import { SPEECH_SAMPLE_RATE, type Speech } from './spoken.ts';

const SAMPLES_PER_MS = SPEECH_SAMPLE_RATE / 1000;
/** Speech is hundreds of times louder than what is left of a silent microphone behind an encoder. */
const LOUD = 300;

/** What was loud in a page: from when to when, in milliseconds since 1970, and how it sounded. */
export type LoudSound = { fromMs: number; toMs: number; speech: Speech };

/** Listens in a page: put in before the page opens its link. */
export async function listenIn(page: Page): Promise<void> {
  await page.addInitScript(installEars);
}

/** All that was loud up to now, of the page's microphone or of what it received; null when nothing was. */
export async function loudIn(page: Page, whose: 'said' | 'heard'): Promise<LoudSound | null> {
  const pieces = await page.evaluate(
    (name) =>
      (globalThis.roomflowEars?.[name] ?? []).map(({ atMs, samples }) => ({
        atMs,
        bytes: btoa(String.fromCharCode(...new Uint8Array(samples.buffer))),
      })),
    whose,
  );
  const heard = pieces.map(({ atMs, bytes }) => {
    const buffer = Buffer.from(bytes, 'base64');
    return { atMs, samples: new Int16Array(Uint8Array.from(buffer).buffer) };
  });
  const isLoud = ({ samples }: { samples: Int16Array }): boolean =>
    Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) > LOUD;
  const [first, last] = [heard.findIndex(isLoud), heard.findLastIndex(isLoud)];
  const [from, to] = [heard[first], heard[last]];
  if (!from || !to) {
    return null;
  }
  const lengthMs = (count: number): number =>
    heard.slice(0, count).reduce((sum, piece) => sum + piece.samples.length, 0) / SAMPLES_PER_MS;
  return {
    fromMs: from.atMs,
    toMs: to.atMs + to.samples.length / SAMPLES_PER_MS,
    speech: {
      lines: [{ text: '', voice: 'slt', startMs: lengthMs(first), endMs: lengthMs(last + 1) }],
      samples: Int16Array.from(heard.flatMap((piece) => [...piece.samples])),
      durationMs: lengthMs(heard.length),
    },
  };
}
