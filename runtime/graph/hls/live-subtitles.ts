import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caption } from '../../contract/index.ts';
import {
  renderSubtitleSegment,
  renderSubtitlesPlaylist,
  subtitleSegment,
  type PlaylistSegment,
  type SubtitleCue,
} from '../../media/index.ts';
import type { LiveRendition } from './live-rendition.ts';
import { SUBTITLES_FOLDER } from './names.ts';

/** A text stays at least so long, and longer the longer it is: some 17 characters are read in a second. */
const LEAST_SHOWN_MS = 1500;
const LONGEST_SHOWN_MS = 7000;
const SHOWN_PER_CHARACTER_MS = 60;

/**
 * What is said in a running stream, as a rendition of subtitles whose segments are those of the picture.
 *
 * A text is known only when it has been said, when the segment of its first words may be whole and loaded already.
 * Players load a segment once, so it is not changed: while the stream runs, a text begins at the earliest with the
 * first segment that nobody can have, as captions of live television come late. What is left behind when the stream
 * is over has every text at its own time.
 */
export class LiveSubtitles {
  readonly #directory: string;
  readonly #clockStartMs: number;
  readonly #picture: LiveRendition;
  /** As they are seen now; their own times are in `#spoken`. */
  #cues: SubtitleCue[] = [];
  #spoken: SubtitleCue[] = [];
  #language: string | null = null;
  /** What stands on disk, by Media Sequence Number. */
  readonly #written = new Map<number, string>();

  /** @param options.picture - the rendition whose segments these follow */
  constructor(options: { directory: string; clockStartMs: number; picture: LiveRendition }) {
    this.#directory = join(options.directory, SUBTITLES_FOLDER);
    this.#clockStartMs = options.clockStartMs;
    this.#picture = options.picture;
  }

  /** Of what was said last, as far as it is known. */
  get language(): string | null {
    return this.#language;
  }

  /** Knows again what was said before the runtime was killed, each text at its own time: its segments are loaded. */
  restore(captions: readonly Caption[]): void {
    for (const caption of captions) {
      const cue = cueOf(caption);
      this.#language = caption.language ?? this.#language;
      this.#spoken.push(cue);
      this.#cues.push(cue);
    }
  }

  /** Takes a text in. Only final ones are shown: a cue cannot be replaced. */
  show(caption: Caption): void {
    if (!caption.isFinal || caption.text === '') {
      return;
    }
    this.#language = caption.language ?? this.#language;
    const cue = cueOf(caption);
    const shownFromMs = Math.max(cue.startMs, this.#listedUntilMs);
    this.#spoken.push(cue);
    this.#cues.push({ ...cue, startMs: shownFromMs, endMs: shownFromMs + cue.endMs - cue.startMs });
  }

  /** The text of a segment that the picture's playlist lists; null for any other. */
  segment(sequence: number): string | null {
    const segment = this.#picture.state.segment(sequence);
    return segment ? this.#render(segment) : null;
  }

  /** Playlists and segments as plain files; once for each new segment of the picture. */
  async write(): Promise<void> {
    const { segments, ended } = this.#picture.state;
    if (segments.length === 0) {
      return;
    }
    await mkdir(this.#directory, { recursive: true });
    if (ended) {
      this.#cues = this.#spoken;
    }
    for (const segment of ended ? segments : segments.slice(-2)) {
      const text = this.#render(segment);
      if (this.#written.get(segment.sequence) !== text) {
        await this.#writeFile(subtitleSegment(segment.sequence), text);
        this.#written.set(segment.sequence, text);
      }
    }
    for (const name of ['index', 'live'] as const) {
      const view = { ...this.#picture.view(name), lowLatency: false };
      await this.#writeFile(`${name}.m3u8`, renderSubtitlesPlaylist(this.#picture.state, view));
    }
    await this.#removeOld(segments[0]?.sequence ?? 0);
  }

  #render(segment: PlaylistSegment): string {
    const startMs = segment.startMs - this.#clockStartMs;
    return renderSubtitleSegment(this.#cues, { startMs, endMs: startMs + segment.durationMs });
  }

  /** On the session clock. */
  get #listedUntilMs(): number {
    const last = this.#picture.state.segments.at(-1);
    return last ? last.startMs + last.durationMs - this.#clockStartMs : 0;
  }

  /** The picture keeps a window of the past, and so do its subtitles. */
  async #removeOld(firstSequence: number): Promise<void> {
    const old = [...this.#written.keys()].filter((sequence) => sequence < firstSequence);
    for (const sequence of old) {
      this.#written.delete(sequence);
      await rm(join(this.#directory, subtitleSegment(sequence)), { force: true });
    }
    if (old.length > 0) {
      const fromMs = (this.#picture.state.segments[0]?.startMs ?? 0) - this.#clockStartMs;
      this.#cues = this.#cues.filter(({ endMs }) => endMs > fromMs);
      this.#spoken = this.#spoken.filter(({ endMs }) => endMs > fromMs);
    }
  }

  async #writeFile(name: string, text: string): Promise<void> {
    const path = join(this.#directory, name);
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  }
}

function cueOf({ segmentId, participantName, text, startMs, endMs }: Caption): SubtitleCue {
  const lengthMs = Math.max(
    endMs - startMs,
    Math.min(LONGEST_SHOWN_MS, Math.max(LEAST_SHOWN_MS, text.length * SHOWN_PER_CHARACTER_MS)),
  );
  return { id: segmentId, speaker: participantName, text, startMs, endMs: startMs + lengthMs };
}
