/**
 * What has come of each track of a session since it was published, as the worker has counted it. `atMs` is on a clock
 * of the worker's own, and all counters begin anew with a fresh worker.
 */
export type SessionCounters = {
  atMs: number;
  tracks: { trackId: string; bytes: number; /** Pictures of each layer. */ pictures: number[] }[];
};

/** Where what flows is counted, as pictures see it. Rejects with `no-live-session` or `worker-lost`. */
export type FlowPlane = { counters(sessionId: string): Promise<SessionCounters> };

/** What flows; null where it is not known. */
export type Rate = { bitrateBps: number | null; fps: number | null };
export const unknownRate: Rate = { bitrateBps: null, fps: null };

/** Two counts closer than this say little; a worker answers within a few milliseconds. */
const SHORTEST_MS = 200;

/**
 * The rates of tracks between two counts, by trackId: what is in both. Of the layers of a simulcast track the one with
 * most pictures counts. Pure.
 */
export function trackRates(before: SessionCounters, after: SessionCounters): Map<string, Rate> {
  const elapsedMs = after.atMs - before.atMs;
  const rates = new Map<string, Rate>();
  if (elapsedMs < SHORTEST_MS) {
    return rates;
  }
  const earlier = new Map(before.tracks.map((track) => [track.trackId, track]));
  for (const { trackId, bytes, pictures } of after.tracks) {
    const first = earlier.get(trackId);
    // Fewer than before: the track was published anew.
    if (first && bytes >= first.bytes) {
      const shown = Math.max(0, ...pictures.map((count, layer) => count - (first.pictures[layer] ?? 0)));
      const isSound = pictures.every((count) => count === 0);
      rates.set(trackId, {
        bitrateBps: perSecond(8 * (bytes - first.bytes), elapsedMs, 0),
        fps: isSound ? null : perSecond(shown, elapsedMs, 1),
      });
    }
  }
  return rates;
}

/** What a running step has told of what it has made, and when. */
type Told = { part: number; atMs: number; bytes: number | null; pictures: number | null };

/** Running steps tell every two seconds; what is older than three times that is no rate of now. */
const STALE_MS = 6000;

/** The rates at which steps write and send, from what their progress tells. */
export class StepFlow {
  readonly #told = new Map<string, { before: Told | null; last: Told }>();

  /** @param atMs - when it was told, on any clock that only goes on */
  note(stepId: string, part: number, progress: Readonly<Record<string, unknown>>, atMs: number): void {
    const bytes = numberOf(progress['bytes']) ?? numberOf(progress['bytesSent']);
    const pictures = numberOf(progress['picturesOut']);
    if (bytes === null && pictures === null) {
      return;
    }
    const known = this.#told.get(stepId)?.last;
    this.#told.set(stepId, {
      before: known?.part === part ? known : null,
      last: { part, atMs, bytes, pictures },
    });
  }

  rateOf(stepId: string, nowMs: number): Rate {
    const { before, last } = this.#told.get(stepId) ?? {};
    if (!before || !last || nowMs - last.atMs > STALE_MS || last.atMs - before.atMs < SHORTEST_MS) {
      return unknownRate;
    }
    const elapsedMs = last.atMs - before.atMs;
    const grown = (from: number | null, to: number | null): number | null =>
      from === null || to === null || to < from ? null : to - from;
    const bytes = grown(before.bytes, last.bytes);
    const pictures = grown(before.pictures, last.pictures);
    return {
      bitrateBps: bytes === null ? null : perSecond(8 * bytes, elapsedMs, 0),
      fps: pictures === null ? null : perSecond(pictures, elapsedMs, 1),
    };
  }
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function perSecond(count: number, elapsedMs: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round((count / elapsedMs) * 1000 * scale) / scale;
}
