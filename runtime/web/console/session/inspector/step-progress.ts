import type { Fact } from '../../parts/index.ts';
import { bytesText, durationText } from '../../texts/index.ts';

/** Whether a state is a step's last. Pure. */
export const isOver = (state: string): boolean => ['finished', 'failed', 'cancelled'].includes(state);

/**
 * The figures that a step tells of its progress, in words. Text and lists stay out, which have places of their own, and
 * so do numbers that only name something. Pure.
 */
export function progressFacts(progress: Readonly<Record<string, unknown>>): Fact[] {
  return Object.entries(progress).flatMap(([key, value]): Fact[] =>
    typeof value === 'number' && !/pid$/i.test(key) ? [[nameOf(key), valueOf(key, value)]] : [],
  );
}

/** Milliseconds up to here are told as such. */
const SHORT_MS = 1_000;

function valueOf(key: string, value: number): string {
  if (/bytes/i.test(key)) {
    return bytesText(value);
  }
  if (/(Seconds|duration)$/.test(key)) {
    return durationText(value);
  }
  if (/Ms(P\d+)?$/.test(key) || /delay|latency/i.test(key)) {
    return value < SHORT_MS ? `${Math.round(value)} ms` : durationText(value / 1000);
  }
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** `picturesOut` → `Pictures out`, `durationMs` → `Duration`. */
function nameOf(key: string): string {
  const words = key
    .replace(/(Ms|Seconds)$/, '')
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
