import type { Fact } from '../../parts/index.ts';
import { bytesText, durationText } from '../../texts/index.ts';

/** Whether a state is a step's last. Pure. */
export const isOver = (state: string): boolean => ['finished', 'failed', 'cancelled'].includes(state);

/** The figures that a step tells of its progress, in words. Text and lists stay out: they have places of their own. Pure. */
export function progressFacts(progress: Readonly<Record<string, unknown>>): Fact[] {
  return Object.entries(progress).flatMap(([key, value]): Fact[] => {
    if (typeof value !== 'number') {
      return [];
    }
    return [[nameOf(key), valueOf(key, value)]];
  });
}

function valueOf(key: string, value: number): string {
  if (/bytes/i.test(key)) {
    return bytesText(value);
  }
  if (/(Seconds|duration)$/.test(key)) {
    return durationText(value);
  }
  return key.endsWith('Ms')
    ? durationText(value / 1000)
    : value.toLocaleString('en', { maximumFractionDigits: 1 });
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
