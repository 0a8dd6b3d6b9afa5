import { parseArgs } from 'node:util';

/** What the demo was asked to do. */
export type DemoOptions = {
  /** How many people to send through the join page; 0 only starts everything. */
  guests: number;
  /** How long each of them stays. */
  seconds: number;
  /** End when the guests are done, instead of staying up. */
  exit: boolean;
  /** Print the outcome as one JSON object and everything else to the error output. */
  json: boolean;
};

const MOST_GUESTS = 16;
const MOST_SECONDS = 3600;

export const usage = `npm run demo -- [--guests <1-${MOST_GUESTS}> [--seconds <1-${MOST_SECONDS}>] [--exit] [--json]]

  --guests   send that many headless browsers with fake camera and microphone into a room
  --seconds  how long each guest stays (20)
  --exit     end when they are done; exit code 0 only if every guest was recorded
  --json     print the outcome as one JSON object on the last line`;

/** A command line that makes no sense; the message says which part. */
export class UsageError extends Error {}

/** @throws UsageError for an unknown option, a number out of range, or options that need \`--guests\` */
export function parseOptions(args: readonly string[]): DemoOptions {
  const given = parse(args);
  if (given.guests === undefined) {
    for (const name of ['seconds', 'exit', 'json'] as const) {
      if (given[name] !== undefined) {
        throw new UsageError(`--${name} needs --guests`);
      }
    }
  }
  return {
    guests: given.guests === undefined ? 0 : wholeNumber('guests', given.guests, MOST_GUESTS),
    seconds: given.seconds === undefined ? 20 : wholeNumber('seconds', given.seconds, MOST_SECONDS),
    exit: given.exit ?? false,
    json: given.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        guests: { type: 'string' },
        seconds: { type: 'string' },
        exit: { type: 'boolean' },
        json: { type: 'boolean' },
      },
      strict: true,
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new UsageError(`--${name} is to be a whole number from 1 to ${most}, got "${text}"`);
  }
  return value;
}
