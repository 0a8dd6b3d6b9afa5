import type { PlaylistState } from './playlist.ts';

/** Delivery Directives as they stand in a request's query (RFC 8216bis §6.2.5). */
export type DeliveryQuery = { msn: string | undefined; part: string | undefined; skip: string | undefined };

export type DeliveryDirectives = { sequence: number | null; part: number | null; skip: boolean };

const DECIMAL = /^\d{1,9}$/;

/** Reads the directives, or says which is wrong and why. */
export function parseDirectives({
  msn,
  part,
  skip,
}: DeliveryQuery): DeliveryDirectives | { problem: string } {
  for (const [name, value] of [
    ['_HLS_msn', msn],
    ['_HLS_part', part],
  ] as const) {
    if (value !== undefined && !DECIMAL.test(value)) {
      return { problem: `${name} is to be a decimal integer, got ${JSON.stringify(value.slice(0, 40))}` };
    }
  }
  if (part !== undefined && msn === undefined) {
    return { problem: `_HLS_part=${part} needs _HLS_msn: the segment that the part belongs to` };
  }
  if (skip !== undefined && skip !== 'YES' && skip !== 'v2') {
    return { problem: `_HLS_skip is YES or v2, got ${JSON.stringify(skip.slice(0, 40))}` };
  }
  return {
    sequence: msn === undefined ? null : Number(msn),
    part: part === undefined ? null : Number(part),
    skip: skip !== undefined,
  };
}

/**
 * Whether a playlist holds what a request waits for (RFC 8216bis §6.2.5.2): it is answered now, later, or not at all
 * because what it asks for is too far ahead to be an honest question.
 */
export function decideReload(
  state: PlaylistState,
  { sequence, part }: Pick<DeliveryDirectives, 'sequence' | 'part'>,
): 'now' | 'wait' | 'too-far' {
  if (sequence === null || state.ended) {
    return 'now';
  }
  const whole = state.segments.at(-1)?.sequence ?? -1;
  const open = state.open;
  if (sequence > Math.max(whole, open?.sequence ?? -1) + 2) {
    return 'too-far';
  }
  if (part === null) {
    return whole >= sequence ? 'now' : 'wait';
  }
  // A part past a whole segment's last is part 0 of the segment after it.
  const rolls = sequence <= whole && part >= (state.segment(sequence)?.parts.length ?? 0);
  const wantedSequence = rolls ? sequence + 1 : sequence;
  const wantedPart = rolls ? 0 : part;
  if (wantedSequence <= whole) {
    return 'now';
  }
  const parts = open !== null && wantedSequence === open.sequence ? open.parts.length : 0;
  if (open !== null && wantedSequence === open.sequence && wantedPart < parts) {
    return 'now';
  }
  return wantedPart > parts - 1 + advancePartLimit(state) ? 'too-far' : 'wait';
}

/** §6.2.5.2: three seconds in parts, or three parts when a part is longer than a second. */
const advancePartLimit = (state: PlaylistState): number =>
  state.partTargetMs < 1000 ? Math.ceil(3000 / state.partTargetMs) : 3;
