/** A part as a playlist lists it. */
export type PlaylistPart = { uri: string; durationMs: number; independent: boolean };

export type PlaylistSegment = {
  /** Media Sequence Number. */
  sequence: number;
  /** Discontinuity Sequence Number, this segment's own tag included. */
  discontinuitySequence: number;
  /** Something is different from the segment before: encoding, or time was lost. */
  discontinuity: boolean;
  /** Its initialization segment. */
  mapUri: string;
  /** Milliseconds since 1970 at which it begins. */
  startMs: number;
  durationMs: number;
  parts: PlaylistPart[];
  /** Null while parts are still added. */
  uri: string | null;
};

/**
 * What one rendition has to tell its viewers: segments that are whole, and the one that grows. From it every playlist
 * of the rendition is written (live edge, DVR, delta update, VOD). Sequence numbers are given out here, so they go on
 * whatever happens to whoever makes the media.
 */
export class PlaylistState {
  readonly targetDurationSeconds: number;
  readonly partTargetMs: number;
  readonly #segments: PlaylistSegment[] = [];
  #open: PlaylistSegment | null = null;
  #mapUri: string | null = null;
  #discontinuity = false;
  #discontinuities = 0;
  #nextSequence = 0;
  #hint: string | null = null;
  #ended = false;
  #beganMs = 0;

  constructor(targets: { segmentTargetMs: number; partTargetMs: number }) {
    // RFC 8216bis §4.4.3.1: no segment may be longer, rounded to the nearest second.
    this.targetDurationSeconds = Math.ceil(targets.segmentTargetMs / 1000);
    this.partTargetMs = targets.partTargetMs;
  }

  /** Whole segments, oldest first. */
  get segments(): readonly PlaylistSegment[] {
    return this.#segments;
  }

  /** The whole segment of a Media Sequence Number, while it is listed. */
  segment(sequence: number): PlaylistSegment | undefined {
    return this.#segments[sequence - (this.#segments[0]?.sequence ?? 0)];
  }

  /** The segment that has parts and is not whole. */
  get open(): PlaylistSegment | null {
    return this.#open;
  }

  /** Name of the part that comes next; null before the first and after the last. */
  get hint(): string | null {
    return this.#hint;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Milliseconds since 1970 at which the first part began; 0 before it. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** Milliseconds of media listed. */
  get durationMs(): number {
    return this.#segments.reduce((sum, { durationMs }) => sum + durationMs, this.#open?.durationMs ?? 0);
  }

  /** Media Sequence Number and part index of the newest part; null before the first. */
  get last(): { sequence: number; part: number } | null {
    const segment = this.#open ?? this.#segments.at(-1);
    return segment ? { sequence: segment.sequence, part: segment.parts.length - 1 } : null;
  }

  /**
   * What follows has this initialization segment; anything before it is set off by a discontinuity. A segment that is
   * open is to be ended before: its number stands in playlists already.
   */
  setMap(uri: string): void {
    this.#discontinuity = this.#nextSequence > 0;
    this.#mapUri = uri;
  }

  /** @param part.startMs milliseconds since 1970 */
  addPart(part: PlaylistPart & { startMs: number; nextUri: string }): void {
    if (this.#mapUri === null || this.#ended) {
      return;
    }
    this.#beganMs ||= part.startMs;
    this.#open ??= this.#beginSegment(this.#mapUri, part.startMs);
    this.#open.parts.push({ uri: part.uri, durationMs: part.durationMs, independent: part.independent });
    this.#open.durationMs += part.durationMs;
    this.#hint = part.nextUri;
  }

  /** Its maker was lost: the part that was hinted at will not come. */
  withdrawHint(): void {
    this.#hint = null;
  }

  /** The parts of the open segment are one file now. */
  endSegment(uri: string): void {
    if (this.#open) {
      this.#open.uri = uri;
      this.#segments.push(this.#open);
      this.#open = null;
    }
  }

  /** Nothing more comes. A segment that is open is to be ended before. */
  end(): void {
    this.#ended = true;
    this.#hint = null;
  }

  /**
   * Takes out the oldest segments beyond a window, never below three target durations (RFC 8216bis §6.2.2).
   *
   * @returns what was taken out
   */
  trim(windowMs: number): PlaylistSegment[] {
    const keptMs = Math.max(windowMs, 3000 * this.targetDurationSeconds);
    return this.#segments.splice(0, firstOfLast(this.#segments, keptMs));
  }

  /**
   * Forgets the parts of segments that began before `beforeMs` (milliseconds since 1970).
   *
   * @returns their names
   */
  dropParts(beforeMs: number): string[] {
    const dropped: string[] = [];
    for (let index = this.#segments.length - 1; index >= 0; index -= 1) {
      const segment = this.#segments[index];
      if (!segment || (segment.parts.length === 0 && segment.startMs < beforeMs)) {
        break;
      }
      if (segment.startMs < beforeMs) {
        dropped.push(...segment.parts.map(({ uri }) => uri));
        segment.parts = [];
      }
    }
    return dropped;
  }

  #beginSegment(mapUri: string, startMs: number): PlaylistSegment {
    const discontinuity = this.#discontinuity;
    this.#discontinuity = false;
    this.#discontinuities += discontinuity ? 1 : 0;
    const segment: PlaylistSegment = {
      sequence: this.#nextSequence,
      discontinuitySequence: this.#discontinuities,
      discontinuity,
      mapUri,
      startMs,
      durationMs: 0,
      parts: [],
      uri: null,
    };
    this.#nextSequence += 1;
    return segment;
  }
}

/** Index of the first of the newest segments that together last at least so long. */
export function firstOfLast(segments: readonly PlaylistSegment[], durationMs: number): number {
  let sumMs = 0;
  let index = segments.length;
  while (index > 0 && sumMs < durationMs) {
    index -= 1;
    sumMs += segments[index]?.durationMs ?? 0;
  }
  return index;
}
