import { HttpConnection } from './http-connection.ts';
import type { ViewerCount } from './viewer-messages.ts';

/**
 * Asks as hls.js does in low-latency mode: for the next version of the playlist by delivery directives, as a delta
 * update, one request that waits after the other, and beside it for each new part.
 */
export class SimulatedViewer {
  readonly #address: URL;
  readonly #playlists: HttpConnection;
  readonly #media: HttpConnection;
  readonly #count: ViewerCount;
  #stopped = false;
  #lastPart = '';
  #newestAt = 0;
  #wanted: string[] = [];
  #loading = false;

  constructor(playlistUrl: string, count: ViewerCount) {
    this.#address = new URL(playlistUrl);
    this.#count = count;
    this.#playlists = new HttpConnection(this.#address.host);
    this.#media = new HttpConnection(this.#address.host);
  }

  async watch(): Promise<void> {
    let query = '';
    while (!this.#stopped) {
      const { status, body } = await this.#playlists.get(`${this.#address.pathname}${query}`);
      if (status !== 200) {
        this.#refused(status);
        query = '';
        continue;
      }
      this.#count.playlists += 1;
      query = this.#read(body.toString('latin1'));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#playlists.close();
    this.#media.close();
  }

  /** Takes the newest parts, and says what to ask for next. */
  #read(playlist: string): string {
    const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1] ?? 0);
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(playlist)?.[1] ?? 0);
    const whole = playlist.match(/#EXTINF:/g)?.length ?? 0;
    const uris = [...playlist.matchAll(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)].map(([, uri = '']) => uri);
    const known = uris.indexOf(this.#lastPart);
    const fresh = known === -1 ? uris.slice(-1) : uris.slice(known + 1);
    if (fresh.length > 0) {
      const now = performance.now();
      if (this.#newestAt > 0) {
        this.#count.longestGapMs = Math.max(this.#count.longestGapMs, now - this.#newestAt);
      }
      this.#newestAt = now;
      this.#lastPart = uris.at(-1) ?? '';
      this.#wanted.push(...fresh);
      void this.#load();
    }
    const open = playlist.slice(playlist.lastIndexOf('#EXTINF:'));
    const parts = open.match(/#EXT-X-PART:/g)?.length ?? 0;
    return `?_HLS_msn=${first + skipped + whole}&_HLS_part=${parts}&_HLS_skip=YES`;
  }

  async #load(): Promise<void> {
    if (this.#loading) {
      return;
    }
    this.#loading = true;
    for (let part = this.#wanted.shift(); part !== undefined && !this.#stopped; part = this.#wanted.shift()) {
      const { status, body } = await this.#media.get(new URL(part, this.#address).pathname);
      if (status === 200) {
        this.#count.parts += 1;
        this.#count.bytes += body.length;
      } else {
        this.#refused(status);
      }
    }
    this.#loading = false;
  }

  #refused(status: number): void {
    this.#count.refused[status] = (this.#count.refused[status] ?? 0) + 1;
  }
}
