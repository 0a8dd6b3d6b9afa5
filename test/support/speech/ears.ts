import type { Page } from 'playwright-core';
import { installEars } from './ears-page.ts';
import { SPEECH_SAMPLE_RATE, type Speech } from './spoken.ts';

const SAMPLES_PER_MS = SPEECH_SAMPLE_RATE / 1000;
/** Speech is hundreds of times louder than what is left of a silent microphone behind an encoder. */
const LOUD = 300;
/** Between words there is less quiet than this. */
const APART_MS = 1500;
/** Silence that a recogniser is given around what was said. */
const MARGIN_MS = 300;

type Piece = { atMs: number; samples: Int16Array };

const lengthMs = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, { samples }) => sum + samples.length, 0) / SAMPLES_PER_MS;
const isLoud = ({ samples }: Piece): boolean =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) > LOUD;

/** What was loud in a page: from when to when, in milliseconds since 1970, and how it sounded. */
export type LoudSound = { fromMs: number; toMs: number; speech: Speech };

/** Listens in a page: put in before the page opens its link. */
export async function listenIn(page: Page): Promise<void> {
  await page.addInitScript(installEars);
}

/** What was loud up to now, in the page's microphone or in what it received: a stretch for each thing said. */
export async function loudIn(page: Page, whose: 'said' | 'heard'): Promise<LoudSound[]> {
  const pieces = await page.evaluate(
    (name) =>
      (globalThis.roomflowEars?.[name] ?? []).map(({ atMs, samples }) => ({
        atMs,
        bytes: btoa(String.fromCharCode(...new Uint8Array(samples.buffer))),
      })),
    whose,
  );
  const stretches: Piece[][] = [];
  let quiet: Piece[] = [];
  for (const { atMs, bytes } of pieces) {
    const samples = new Int16Array(Uint8Array.from(Buffer.from(bytes, 'base64')).buffer);
    const piece = { atMs, samples };
    const current = stretches.at(-1);
    if (!isLoud(piece)) {
      quiet.push(piece);
    } else if (current && lengthMs(quiet) < APART_MS) {
      current.push(...quiet.splice(0), piece);
    } else {
      stretches.push([piece]);
      quiet = [];
    }
  }
  return stretches.map((stretch) => {
    const [first, last] = [stretch[0]!, stretch.at(-1)!];
    const endMs = lengthMs(stretch);
    const around = new Int16Array(MARGIN_MS * SAMPLES_PER_MS);
    return {
      fromMs: first.atMs,
      toMs: last.atMs + lengthMs([last]),
      speech: {
        lines: [{ text: '', voice: 'slt', startMs: MARGIN_MS, endMs: MARGIN_MS + endMs }],
        samples: Int16Array.from(
          [around, ...stretch.map(({ samples }) => samples), around].flatMap((part) => [...part]),
        ),
        durationMs: endMs + 2 * MARGIN_MS,
      },
    };
  });
}
