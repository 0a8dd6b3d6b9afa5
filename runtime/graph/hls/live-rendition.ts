import { rm, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HLS_PART_TARGET_MS,
  HLS_SEGMENT_TARGET_MS,
  PlaylistState,
  decideReload,
  listedPartsMs,
  renderMediaPlaylist,
  renderSubtitlesPlaylist,
  type DeliveryDirectives,
  type HlsUpdate,
  type PlaylistView,
  type RenditionReport,
} from '../../media/index.ts';
import { PLAYLIST_TYPE, playlistBody, refusal, type HlsAnswer } from './answer.ts';
import { FileCache } from './file-cache.ts';
import { isMissing } from './missing-file.ts';
import { rescuedSegment, type PlaylistName } from './names.ts';
import { RenditionJournal } from './rendition-journal.ts';

/** The live edge shows so much: enough for plain players, who begin three segments before its end. */
const LIVE_WINDOW_MS = 12_000;
/** A part file stays so long after its tag is gone (RFC 8216bis §6.2.2: three target durations), and a little. */
const PART_GRACE_MS = 8000;
/** A segment that has left its window may still be loaded by whoever saw it last. */
const SEGMENT_GRACE_MS = 30_000;
/** After a restart, files older than this have been removed already, or stay with the stream. */
const REMOVED_AFTER_MS = 120_000;
/** Some 40 s at 5 Mbps. */
const CACHE_BYTES = 24 * 1024 * 1024;

export type PlaylistRequest = {
  /** The playlist of the subtitles that go with the rendition. */
  subtitles?: boolean;
  name: PlaylistName;
  directives: DeliveryDirectives;
  /** Appended to every URI, with its question mark. */
  query: string;
  reply(answer: HlsAnswer): void;
};

type WaitingRequest = PlaylistRequest & { sinceMs: number };
type WaitingFile = { name: string; sinceMs: number; reply(contents: Buffer | null): void };
type CachedPlaylist = { body: Buffer; gzip: Buffer | null };

export type LiveRenditionOptions = {
  name: string;
  directory: string;
  /** Bits a second that it may have at any time, as far as is known beforehand. */
  nominalBps: number;
  /** Milliseconds since 1970 at which the session clock was 0. */
  clockStartMs: number;
  /** What `index.m3u8` holds of the past; null for all of it. */
  dvrMs: number | null;
  /** How the other renditions stand. */
  reports(name: PlaylistName): RenditionReport[];
  onError(error: unknown): void;
};

/**
 * One rendition of a running stream as viewers see it: its playlists, kept ready as bytes, whoever waits for the next
 * of them, and its newest files in memory. A request that waits costs a place in a list.
 */
export class LiveRendition {
  readonly name: string;
  readonly state = new PlaylistState({
    segmentTargetMs: HLS_SEGMENT_TARGET_MS,
    partTargetMs: HLS_PART_TARGET_MS,
  });
  readonly files: FileCache;
  codecs = '';
  size: { width: number; height: number } | null = null;
  bytes = 0;
  mediaMs = 0;
  readonly #options: LiveRenditionOptions;
  readonly #journal: RenditionJournal;
  readonly #playlists = new Map<string, CachedPlaylist>();
  #waiting: WaitingRequest[] = [];
  #waitingFiles: WaitingFile[] = [];
  /** Files that no playlist names any more, and when they may go. */
  #leaving: { name: string; atMs: number }[] = [];
  #segmentBytes = 0;
  /** Most bits a second in a segment so far. */
  #peakBps = 0;
  #writtenVersion = 0;

  constructor(options: LiveRenditionOptions) {
    this.name = options.name;
    this.#options = options;
    this.files = new FileCache(options.directory, CACHE_BYTES);
    this.#journal = new RenditionJournal(options.directory);
  }

  /**
   * Stands again as before the runtime was killed: every sequence number and part that a viewer can have seen is the
   * same. Whatever segment was open then is completed by {@link completeOpenSegment}.
   */
  async restore(nowMs: number): Promise<void> {
    for (const update of await this.#journal.read()) {
      switch (update.kind) {
        case 'hls-init':
          this.#takeInit(update);
          break;
        case 'hls-part':
          this.#takePart(update);
          break;
        case 'hls-segment':
          this.#takeSegment(update.uri);
          break;
      }
    }
    this.state.dropParts(nowMs - REMOVED_AFTER_MS);
    if (this.#options.dvrMs !== null) {
      this.state.trim(this.#options.dvrMs + REMOVED_AFTER_MS);
    }
    this.#changed();
  }

  /**
   * An upper bound, as players choose by it before they have seen anything (RFC 8216bis §4.4.6.2): an empty room is
   * streamed with a tenth of what a full one takes.
   */
  get bandwidthBps(): number {
    return Math.max(this.#options.nominalBps, this.#peakBps);
  }

  get averageBps(): number {
    return Math.round((this.bytes * 8000) / Math.max(1, this.mediaMs));
  }

  /** Takes a packager's update in. Resolves when viewers can have it. */
  async apply(update: HlsUpdate): Promise<void> {
    switch (update.kind) {
      case 'hls-init':
        try {
          await this.completeOpenSegment();
        } finally {
          // Whatever became of what was before: what follows can be played with its own initialization segment alone.
          await this.#journal.note(update);
          this.#takeInit(update);
        }
        break;
      case 'hls-part':
        // In memory before it is listed: the first to ask is answered like all others.
        await this.files.load(update.uri);
        await this.#journal.note(update);
        this.#takePart(update);
        this.#changed();
        this.#answerFile(update.uri);
        break;
      case 'hls-segment':
        await this.#journal.note(update);
        this.#endSegment(update.uri);
        break;
      default:
        update satisfies never;
    }
  }

  /** Whoever made the segment that is open is lost: its parts become a whole segment. */
  async completeOpenSegment(): Promise<void> {
    const { open } = this.state;
    this.state.withdrawHint();
    this.#refuseWaitingFiles();
    if (!open || open.parts.length === 0) {
      return;
    }
    const uri = rescuedSegment(open.sequence);
    try {
      const parts = await Promise.all(open.parts.map(({ uri: part }) => this.files.load(part)));
      await this.#writeFile(uri, Buffer.concat(parts));
    } finally {
      // Its number stands in playlists already, and the next segment must not go on in it.
      await this.#journal.note({ kind: 'hls-segment', rendition: this.name, uri, bytes: this.#segmentBytes });
      this.#endSegment(uri);
    }
  }

  /** Nothing more comes; everybody who waits is answered. */
  async end(): Promise<void> {
    await this.completeOpenSegment();
    this.state.end();
    this.#changed();
  }

  /** The playlists on disk say all there is: nothing will be restored. */
  async forgetJournal(): Promise<void> {
    await this.#journal.remove();
  }

  /** Answers a request for a playlist now or when it holds what is asked for. */
  playlist(request: PlaylistRequest, nowMs: number): void {
    switch (this.#decide(request)) {
      case 'now':
        request.reply(this.#answer(request));
        break;
      case 'wait':
        this.#waiting.push({ ...request, sinceMs: nowMs });
        break;
      case 'too-far':
        request.reply(
          refusal(
            400,
            `_HLS_msn=${request.directives.sequence ?? ''} and _HLS_part=${request.directives.part ?? ''} are too far ahead; the newest is ${JSON.stringify(this.state.last)}.`,
          ),
        );
        break;
    }
  }

  /** Hands out a file: from memory at once, a part that is hinted at when it is there, else from disk. */
  file(name: string, nowMs: number, reply: (contents: Buffer | null) => void): void {
    const contents = this.files.get(name);
    if (contents) {
      reply(contents);
    } else if (name === this.state.hint) {
      this.#waitingFiles.push({ name, sinceMs: nowMs, reply });
    } else {
      this.files.load(name).then(reply, (error: unknown) => {
        if (!isMissing(error)) {
          this.#options.onError(error);
        }
        reply(null);
      });
    }
  }

  /** Gives up whoever has waited for longer than three target durations (RFC 8216bis §6.2.5.2). */
  expire(nowMs: number): void {
    const oldestMs = nowMs - 3000 * this.state.targetDurationSeconds;
    // Requests wait in the order they came.
    while (this.#waiting[0] && this.#waiting[0].sinceMs < oldestMs) {
      this.#waiting.shift()?.reply(refusal(503, 'Nothing new has come for three target durations.'));
    }
    while (this.#waitingFiles[0] && this.#waitingFiles[0].sinceMs < oldestMs) {
      this.#waitingFiles.shift()?.reply(null);
    }
  }

  /** The playlists as plain files, for a web server or CDN that takes the folder; once for each new segment. */
  async writePlaylists(): Promise<void> {
    const version = this.state.ended ? -1 : (this.state.segments.at(-1)?.sequence ?? -1) + 1;
    if (version === 0 || version === this.#writtenVersion) {
      return;
    }
    this.#writtenVersion = version;
    for (const name of ['index', 'live'] as const) {
      const text = renderMediaPlaylist(this.state, { ...this.view(name), lowLatency: false });
      await this.#writeFile(`${name}.m3u8`, Buffer.from(text));
    }
  }

  /**
   * Removes files that nobody can be told of any more.
   *
   * @param nowMs - Infinity when this is the last time.
   */
  async removeOldFiles(nowMs: number): Promise<void> {
    const last = this.state.segments.at(-1);
    if (last) {
      const partsFromMs = last.startMs + last.durationMs - listedPartsMs(this.state) * 2 - PART_GRACE_MS;
      this.#leaving.push(...this.state.dropParts(partsFromMs).map((name) => ({ name, atMs: nowMs })));
    }
    if (this.#options.dvrMs !== null) {
      const atMs = nowMs + SEGMENT_GRACE_MS;
      for (const { uri, parts } of this.state.trim(this.#options.dvrMs)) {
        this.#leaving.push(...(uri === null ? [] : [{ name: uri, atMs }]));
        this.#leaving.push(...parts.map((part) => ({ name: part.uri, atMs })));
      }
    }
    const due = this.#leaving.filter(({ atMs }) => atMs <= nowMs);
    if (due.length > 0) {
      this.#leaving = this.#leaving.filter(({ atMs }) => atMs > nowMs);
      await Promise.all(due.map(({ name }) => rm(join(this.#options.directory, name), { force: true })));
    }
  }

  /** What a playlist of this name shows of the stream. */
  view(name: PlaylistName): Omit<PlaylistView, 'lowLatency'> {
    return name === 'live'
      ? { windowMs: LIVE_WINDOW_MS, reports: this.#options.reports(name) }
      : {
          windowMs: this.#options.dvrMs,
          event: this.#options.dvrMs === null,
          reports: this.#options.reports(name),
        };
  }

  #decide({ directives }: PlaylistRequest): ReturnType<typeof decideReload> {
    // A playlist without a whole segment is none that players understand.
    if (this.state.segments.length === 0 && !this.state.ended) {
      return directives.sequence !== null && directives.sequence > 2 ? 'too-far' : 'wait';
    }
    return decideReload(this.state, directives);
  }

  #answer(request: PlaylistRequest): HlsAnswer {
    const { directives, query } = request;
    const blocking = directives.sequence !== null && !this.state.ended;
    const visibility = query === '' ? 'public' : 'private';
    const { targetDurationSeconds } = this.state;
    return {
      status: 200,
      contentType: PLAYLIST_TYPE,
      // An address with directives stands for one state of the playlist and is kept; without, for the newest.
      cacheControl: blocking
        ? `${visibility}, max-age=${targetDurationSeconds * 6}`
        : `${visibility}, max-age=0, s-maxage=${targetDurationSeconds / 2}`,
      ...this.#ready(request),
    };
  }

  /** The bytes of a playlist as it is now; made once for all who ask alike. */
  #ready({ name, directives: { skip }, query, subtitles = false }: PlaylistRequest): CachedPlaylist {
    const key = `${name}${subtitles ? '=' : skip ? '+' : '-'}${query}`;
    let playlist = this.#playlists.get(key);
    if (!playlist) {
      const view = { ...this.view(name), lowLatency: true, skip, query };
      const render = subtitles ? renderSubtitlesPlaylist : renderMediaPlaylist;
      playlist = playlistBody(render(this.state, view));
      this.#playlists.set(key, playlist);
    }
    return playlist;
  }

  #takeInit({ codecs, width, height, uri }: Extract<HlsUpdate, { kind: 'hls-init' }>): void {
    this.codecs = codecs;
    this.size = width === null || height === null ? null : { width, height };
    this.state.setMap(uri);
  }

  #takePart(update: Extract<HlsUpdate, { kind: 'hls-part' }>): void {
    const { uri, nextUri, startMs, durationMs, independent, bytes } = update;
    this.state.addPart({
      uri,
      nextUri,
      startMs: this.#options.clockStartMs + startMs,
      durationMs,
      independent,
    });
    this.bytes += bytes;
    this.mediaMs += durationMs;
    this.#segmentBytes += bytes;
  }

  #endSegment(uri: string): void {
    this.#takeSegment(uri);
    this.#changed();
  }

  #takeSegment(uri: string): void {
    const durationMs = this.state.open?.durationMs ?? 0;
    if (durationMs > 0) {
      this.#peakBps = Math.max(this.#peakBps, Math.round((this.#segmentBytes * 8000) / durationMs));
    }
    this.#segmentBytes = 0;
    this.state.endSegment(uri);
  }

  /** There is something new: who waits for it gets it. */
  #changed(): void {
    this.#playlists.clear();
    if (this.#waiting.length === 0) {
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      if (this.#decide(request) === 'now') {
        request.reply(this.#answer(request));
      } else {
        this.#waiting.push(request);
      }
    }
  }

  /** The part that was hinted at will not come. */
  #refuseWaitingFiles(): void {
    for (const request of this.#waitingFiles.splice(0)) {
      request.reply(null);
    }
  }

  #answerFile(name: string): void {
    const contents = this.files.get(name) ?? null;
    const waiting = this.#waitingFiles;
    this.#waitingFiles = [];
    for (const request of waiting) {
      if (request.name === name) {
        request.reply(contents);
      } else {
        this.#waitingFiles.push(request);
      }
    }
  }

  async #writeFile(name: string, contents: Buffer): Promise<void> {
    const path = join(this.#options.directory, name);
    await writeFile(`${path}.part`, contents);
    await rename(`${path}.part`, path);
  }
}
