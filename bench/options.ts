import { parseArgs } from 'node:util';
import type { Bench } from './definition.ts';

/** A command line that makes no sense; the message says which part. */
export class UsageError extends Error {}

/** A bench's options, defaults filled in, and whether only JSON is wanted. */
export type GivenOptions = { json: boolean; values: Readonly<Record<string, string>> };

/** @throws UsageError for an option the bench does not have */
export function parseOptions(name: string, { options }: Bench, args: readonly string[]): GivenOptions {
  const known = Object.entries(options).map(([option]) => [option, { type: 'string' }] as const);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, ...Object.fromEntries(known) },
    });
    const { json = false, ...given } = values as { json?: boolean } & Record<string, string>;
    const defaults = Object.entries(options).map(([option, { default: value }]) => [option, value] as const);
    return { json, values: { ...Object.fromEntries(defaults), ...given } };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${why}\n\n${usageOf(name, options)}`, { cause });
  }
}

/** @throws UsageError when the text is not a whole number from 1 to `most` */
export function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new UsageError(`--${option} is to be a whole number from 1 to ${most}, got "${text}"`);
  }
  return value;
}

/** Comma-separated whole numbers. @throws UsageError as {@link wholeNumber} */
export function wholeNumbers(option: string, text: string, most: number): number[] {
  return text.split(',').map((part) => wholeNumber(option, part.trim(), most));
}

function usageOf(name: string, options: Bench['options']): string {
  const lines = Object.entries(options).map(
    ([option, { default: value, meaning }]) => `  --${option.padEnd(14)}${meaning} (${value})`,
  );
  return [`npm run bench -- ${name} [--json]`, ...lines].join('\n');
}
