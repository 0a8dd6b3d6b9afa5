import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HLS_SEGMENT_TARGET_MS,
  renderMultivariantPlaylist,
  type HlsUpdate,
  type VariantStream,
} from '../../media/index.ts';
import { RoomflowError, type Caption } from '../../contract/index.ts';
import { PLAYLIST_TYPE, playlistBody, refusal, type HlsAnswer } from './answer.ts';
import { LiveRendition, type PlaylistRequest } from './live-rendition.ts';
import { LiveSubtitles } from './live-subtitles.ts';
import { SUBTITLES_FOLDER, type PlaylistName } from './names.ts';

export type LiveHlsStreamOptions = {
  directory: string;
  /** The best first, at least one. `bitrateBps` is what its encoders aim at. */
  renditions: readonly { name: string; bitrateBps: number }[];
  clockStartMs: number;
  dvrMs: number | null;
  /** Of a stream that goes on after the runtime was killed; null for one that begins. */
  past: { playable: boolean; captions: readonly Caption[] } | null;
  /** Every rendition has a whole segment: a viewer can start. Called once. */
  onPlayable(): void;
  onError(error: unknown): void;
};

/** What boxes and the encoder's freedom add to the bit rate of a rendition. */
const OVERHEAD = 1.05;

const notPlayableYet = refusal(503, 'The stream cannot be played yet; try again in a moment.');

/** A running HLS stream in memory: its renditions, its subtitles, and the playlist that lists them. */
export class LiveHlsStream {
  /** The best rendition. */
  readonly best: LiveRendition;
  readonly #options: LiveHlsStreamOptions;
  readonly #renditions = new Map<string, LiveRendition>();
  readonly #subtitles: LiveSubtitles;
  /** Updates are taken in one after the other. */
  #tail: Promise<void> = Promise.resolve();
  /** Beside them: what viewers do not wait for. */
  #upkeep: Promise<void> = Promise.resolve();
  #playable = false;
  /** What the playlist of renditions says on disk: the bandwidths of all. */
  #writtenBps = 0;
  #waitingVariants: { request: PlaylistRequest; sinceMs: number }[] = [];

  constructor(options: LiveHlsStreamOptions) {
    this.#options = options;
    for (const { name, bitrateBps } of options.renditions) {
      this.#renditions.set(
        name,
        new LiveRendition({
          name,
          nominalBps: Math.ceil(bitrateBps * OVERHEAD),
          directory: join(options.directory, name),
          clockStartMs: options.clockStartMs,
          dvrMs: options.dvrMs,
          reports: (playlist) => this.#reports(name, playlist),
          onError(error) {
            options.onError(error);
          },
        }),
      );
    }
    const [best] = this.#renditions.values();
    if (!best) {
      throw new RoomflowError('internal', 'A stream has at least one rendition; received none.');
    }
    this.best = best;
    const { directory, clockStartMs } = options;
    this.#subtitles = new LiveSubtitles({ directory, clockStartMs, picture: best });
    if (options.past) {
      this.#restore(options.past);
    }
  }

  /** Before anything else that comes: renditions as they stood, their open segments completed. */
  #restore({ playable, captions }: NonNullable<LiveHlsStreamOptions['past']>): void {
    this.#playable = playable;
    this.#subtitles.restore(captions);
    this.#tail = this.#after(this.#tail, async () => {
      for (const rendition of this.#renditions.values()) {
        await rendition.restore(Date.now());
      }
    });
    this.workerLost();
  }

  get playable(): boolean {
    return this.#playable;
  }

  /** Seconds of media so far. */
  get durationSeconds(): number {
    return this.best.mediaMs / 1000;
  }

  rendition(name: string): LiveRendition | undefined {
    return this.#renditions.get(name);
  }

  /** Takes in what is said. */
  caption(caption: Caption): void {
    this.#subtitles.show(caption);
  }

  /** Answers a request for the playlist of subtitles, when it holds what is asked for. */
  subtitlesPlaylist(request: PlaylistRequest, nowMs: number): void {
    this.best.playlist({ ...request, subtitles: true }, nowMs);
  }

  /** A segment of subtitles, or null when the picture's playlist lists none of that number. */
  subtitlesSegment(sequence: number): Buffer | null {
    const text = this.#subtitles.segment(sequence);
    return text === null ? null : Buffer.from(text);
  }

  apply(update: HlsUpdate): void {
    const rendition = this.#renditions.get(update.rendition);
    if (!rendition) {
      return;
    }
    this.#tail = this.#after(this.#tail, async () => {
      await rendition.apply(update);
      if (update.kind === 'hls-segment') {
        this.#notePlayable();
        this.#maintain(rendition);
        if (this.#bandwidthBps > this.#writtenBps) {
          this.#upkeep = this.#after(this.#upkeep, () => this.#writeMultivariant());
        }
      }
    });
  }

  /** The worker that packed it is gone; another one will go on. */
  workerLost(): void {
    this.#tail = this.#after(this.#tail, async () => {
      for (const rendition of this.#renditions.values()) {
        await rendition.completeOpenSegment();
      }
      this.#notePlayable();
    });
  }

  /** Nothing more comes: the playlists get their end, in memory and on disk. */
  async end(): Promise<void> {
    this.#tail = this.#after(this.#tail, async () => {
      for (const rendition of this.#renditions.values()) {
        await rendition.end();
        this.#maintain(rendition);
      }
      this.#upkeep = this.#after(this.#upkeep, () => this.#writeMultivariant());
      this.#answerVariants();
    });
    await this.settled();
  }

  /** Resolves when every update so far has been taken in. */
  async settled(): Promise<void> {
    await this.#tail;
    await this.#upkeep;
  }

  /** Answers a request for the playlist of renditions, as soon as all of them can be played. */
  multivariant(request: PlaylistRequest, nowMs: number): void {
    if (this.#playable) {
      request.reply(this.#variants(request));
    } else {
      this.#waitingVariants.push({ request, sinceMs: nowMs });
    }
  }

  /** Gives up whoever has waited too long. */
  expire(nowMs: number): void {
    for (const rendition of this.#renditions.values()) {
      rendition.expire(nowMs);
    }
    while (this.#waitingVariants[0] && this.#waitingVariants[0].sinceMs < nowMs - 3 * HLS_SEGMENT_TARGET_MS) {
      this.#waitingVariants.shift()?.request.reply(notPlayableYet);
    }
  }

  #notePlayable(): void {
    const all = [...this.#renditions.values()];
    if (!this.#playable && all.every(({ state }) => state.segments.length > 0)) {
      this.#playable = true;
      this.#answerVariants();
      this.#options.onPlayable();
    }
  }

  #answerVariants(): void {
    for (const { request } of this.#waitingVariants.splice(0)) {
      request.reply(this.#variants(request));
    }
  }

  #variants({ name, query }: PlaylistRequest): HlsAnswer {
    return {
      status: 200,
      contentType: PLAYLIST_TYPE,
      cacheControl: query === '' ? 'public, max-age=0, s-maxage=1' : 'private, max-age=0',
      ...playlistBody(this.#multivariantOf(name, query)),
    };
  }

  #multivariantOf(name: PlaylistName, query = ''): string {
    const subtitles = { uri: `${SUBTITLES_FOLDER}/${name}.m3u8`, language: this.#subtitles.language };
    return renderMultivariantPlaylist(this.#variantStreams(name), subtitles, query);
  }

  #variantStreams(name: PlaylistName): VariantStream[] {
    return [...this.#renditions.values()].map((rendition) => ({
      uri: `${rendition.name}/${name}.m3u8`,
      bandwidthBps: rendition.bandwidthBps,
      averageBandwidthBps: rendition.averageBps,
      codecs: rendition.codecs,
      width: rendition.size?.width ?? null,
      height: rendition.size?.height ?? null,
    }));
  }

  get #bandwidthBps(): number {
    return [...this.#renditions.values()].reduce((sum, { bandwidthBps }) => sum + bandwidthBps, 0);
  }

  async #writeMultivariant(): Promise<void> {
    if (this.#playable) {
      this.#writtenBps = this.#bandwidthBps;
      await mkdir(this.#options.directory, { recursive: true });
      for (const name of ['index', 'live'] as const) {
        const path = join(this.#options.directory, `${name}.m3u8`);
        await writeFile(`${path}.part`, this.#multivariantOf(name));
        await rename(`${path}.part`, path);
      }
    }
  }

  #reports(of: string, name: PlaylistName) {
    return [...this.#renditions.values()].flatMap((rendition) => {
      const { last } = rendition.state;
      return rendition.name === of || last === null
        ? []
        : [
            {
              uri: `../${rendition.name}/${name}.m3u8`,
              lastSequence: last.sequence,
              lastPart: Math.max(0, last.part),
            },
          ];
    });
  }

  #maintain(rendition: LiveRendition): void {
    this.#upkeep = this.#after(this.#upkeep, async () => {
      await rendition.writePlaylists();
      if (rendition === this.best) {
        await this.#subtitles.write();
      }
      // Nobody comes back to remove files later once the stream is over.
      await rendition.removeOldFiles(rendition.state.ended ? Infinity : Date.now());
      if (rendition.state.ended) {
        await rendition.forgetJournal();
      }
    });
  }

  async #after(before: Promise<void>, task: () => Promise<void>): Promise<void> {
    await before;
    try {
      await task();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
