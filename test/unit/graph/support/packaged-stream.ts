import { mkdir, writeFile } from 'node:fs/promises';
import type { HlsAnswer } from '../../../../runtime/graph/hls/answer.ts';
import { LiveHlsStream, type LiveHlsStreamOptions } from '../../../../runtime/graph/hls/live-stream.ts';
import type { HlsUpdate } from '../../../../runtime/media/hls/index.ts';
import type { TemporaryDirectory } from '../../../support/temporary/index.ts';

/** When a later run begins, on the session clock. */
const RUN_MS = 60_000;
const now = { sequence: null, part: null, skip: false };

/** A stream whose files are there as a packager would write them. */
export class PackagedStream {
  readonly stream: LiveHlsStream;
  readonly errors: unknown[] = [];
  playable = 0;
  readonly #directory: TemporaryDirectory;
  readonly #parts = new Map<string, number>();
  readonly #segments = new Map<string, number>();
  /** Stands in the names of its files. */
  readonly #run: number;
  #inits = 0;

  constructor(
    directory: TemporaryDirectory,
    {
      renditions = ['med'],
      dvrMs = null,
      run = 1,
      past = null,
      clockStartMs = Date.UTC(2026, 0, 1),
    }: {
      renditions?: string[];
      dvrMs?: number | null;
      run?: number;
      past?: LiveHlsStreamOptions['past'];
      clockStartMs?: number;
    } = {},
  ) {
    this.#directory = directory;
    this.#run = run;
    this.stream = new LiveHlsStream({
      directory: directory.path,
      renditions: renditions.map((name) => ({ name, bitrateBps: 1_000_000 })),
      past,
      clockStartMs,
      dvrMs,
      onPlayable: () => (this.playable += 1),
      onError: (error) => this.errors.push(error),
    });
  }

  async init(rendition = 'med'): Promise<void> {
    this.#inits += 1;
    await this.#tell({
      kind: 'hls-init',
      rendition,
      uri: `init-${this.#run + this.#inits - 1}-1.mp4`,
      codecs: 'avc1.42e01e,mp4a.40.2',
      width: 854,
      height: 480,
    });
  }

  async parts(count: number, rendition = 'med', bytes = 4): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const number = (this.#parts.get(rendition) ?? 0) + 1;
      this.#parts.set(rendition, number);
      await this.#tell({
        kind: 'hls-part',
        rendition,
        uri: `part-${this.#run}-${number}.m4s`,
        nextUri: `part-${this.#run}-${number + 1}.m4s`,
        startMs: (this.#run - 1) * RUN_MS + (number - 1) * 200,
        durationMs: 200,
        independent: number % 10 === 1,
        bytes,
      });
    }
  }

  async segment(rendition = 'med', partBytes = 4): Promise<void> {
    await this.parts(10, rendition, partBytes);
    const number = (this.#segments.get(rendition) ?? 0) + 1;
    this.#segments.set(rendition, number);
    await this.#tell({
      kind: 'hls-segment',
      rendition,
      uri: `segment-${this.#run}-${number}.m4s`,
      bytes: 40,
    });
  }

  /** The answer to a request, or null while it waits. */
  ask(directives: { sequence: number | null; part: number | null; skip?: boolean } = now): {
    answer: HlsAnswer | null;
  } {
    const asked: { answer: HlsAnswer | null } = { answer: null };
    this.stream.rendition('med')!.playlist(
      {
        name: 'live',
        directives: { skip: false, ...directives },
        query: '',
        reply: (answer) => (asked.answer = answer),
      },
      0,
    );
    return asked;
  }

  async #tell(update: HlsUpdate): Promise<void> {
    const path = this.#directory.entry(update.rendition, update.uri);
    await mkdir(this.#directory.entry(update.rendition), { recursive: true });
    await writeFile(path, 'data');
    this.stream.apply(update);
    await this.stream.settled();
  }
}
