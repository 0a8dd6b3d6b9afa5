import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomflowError } from '../../contract/index.ts';
import { parseDirectives, subtitleSegment, type DeliveryQuery } from '../../media/index.ts';
import { verifyPlaybackToken } from '../../rooms/index.ts';
import { findHlsStream, type Store } from '../../store/index.ts';
import {
  MEDIA_TYPE,
  PLAYLIST_TYPE,
  SUBTITLES_TYPE,
  playlistBody,
  refusal,
  type HlsAnswer,
} from './answer.ts';
import { readIfThere, withQuery } from './ended-stream.ts';
import { isMissing } from './missing-file.ts';
import type { LiveHlsStream } from './live-stream.ts';
import { PICTURES_FOLDER, SUBTITLES_FOLDER, parseHlsPath, type HlsResource } from './names.ts';

/** Whole segments, parts and pictures never change under their name. */
const IMMUTABLE = 'max-age=31536000, immutable';
/** A playlist that has its end stays as it is, until its stream is deleted. */
const ENDED_CACHE = 'max-age=60';
/** Seen tokens are remembered, so that a request costs a look-up and no signature; beyond so many, anew. */
const MOST_SEEN_TOKENS = 10_000;

/** What a media request asks for, as it stands in its address. */
export type HlsMediaRequest = {
  hlsId: string;
  /** Below the stream's address. */
  path: string;
  token: string | undefined;
  directives: DeliveryQuery;
};

type Reply = (answer: HlsAnswer) => void;
/** Where a stream's media lies, and whether it is for those with a token. */
type Place = { directory: string; protected: boolean };
type StreamResource = Exclude<HlsResource, { type: 'picture' }>;

/** Hands out playlists and media: of running streams from memory, of those that are over from their folders. */
export class HlsMedia {
  readonly #store: Store;
  readonly #live: ReadonlyMap<string, LiveHlsStream>;
  readonly #hlsDirectory: string;
  readonly #secret: string;
  readonly #onError: (error: unknown, fields: Record<string, unknown>) => void;
  readonly #places = new Map<string, Place>();
  /** Until when a token is good, by stream and token. */
  readonly #seenTokens = new Map<string, number>();

  constructor(options: {
    store: Store;
    live: ReadonlyMap<string, LiveHlsStream>;
    hlsDirectory: string;
    secret: string;
    onError: (error: unknown, fields: Record<string, unknown>) => void;
  }) {
    this.#store = options.store;
    this.#live = options.live;
    this.#hlsDirectory = options.hlsDirectory;
    this.#secret = options.secret;
    this.#onError = options.onError;
  }

  /**
   * Calls `reply` once: at once, or when what is asked for is there.
   *
   * @throws RoomflowError `hls-gone`, and of tokens `missing-token`, `invalid-token`, `expired-token`
   */
  serve(request: HlsMediaRequest, reply: Reply): void {
    const resource = parseHlsPath(request.path);
    const place = resource && this.#placeOf(request.hlsId);
    if (!place) {
      throw new RoomflowError(
        'hls-gone',
        `There is no stream ${JSON.stringify(request.hlsId.slice(0, 64))}, or it has no such file.`,
      );
    }
    const query = this.#permittedQuery(request, place);
    const stream = this.#live.get(request.hlsId);
    if (stream && resource.type !== 'picture') {
      serveLive(stream, resource, request, query, reply);
      return;
    }
    const answer =
      resource.type === 'picture'
        ? readPicture(place.directory, resource.file, query)
        : readEnded(place.directory, resource, query);
    answer.then(reply, (error: unknown) => {
      if (!isMissing(error)) {
        this.#onError(error, { hlsId: request.hlsId });
      }
      reply(fileGone);
    });
  }

  /** The stream was deleted. */
  forget(hlsId: string): void {
    this.#places.delete(hlsId);
  }

  #placeOf(hlsId: string): Place | undefined {
    const known = this.#places.get(hlsId);
    if (known) {
      return known;
    }
    const stream = findHlsStream(this.#store, hlsId);
    if (!stream) {
      return undefined;
    }
    const place = { directory: join(this.#hlsDirectory, stream.directory), protected: stream.protected };
    this.#places.set(hlsId, place);
    return place;
  }

  /** The query that goes with every URI of an answer: of a protected stream, the caller's own token. */
  #permittedQuery({ hlsId, token }: HlsMediaRequest, place: Place): string {
    if (!place.protected) {
      return '';
    }
    const now = Date.now();
    const key = `${hlsId}?${token ?? ''}`;
    const goodUntilMs = this.#seenTokens.get(key);
    if (goodUntilMs === undefined || goodUntilMs <= now) {
      if (this.#seenTokens.size > MOST_SEEN_TOKENS) {
        this.#seenTokens.clear();
      }
      this.#seenTokens.set(key, verifyPlaybackToken(hlsId, token, this.#secret, now));
    }
    return `?token=${token ?? ''}`;
  }
}

function serveLive(
  stream: LiveHlsStream,
  resource: StreamResource,
  request: HlsMediaRequest,
  query: string,
  reply: Reply,
): void {
  const now = Date.now();
  if (resource.type === 'subtitles') {
    const text = stream.subtitlesSegment(resource.sequence);
    reply(text ? subtitlesAnswer(text, query) : fileGone);
    return;
  }
  const rendition = resource.type === 'subtitles-playlist' ? null : stream.rendition(resource.rendition);
  if (resource.type === 'media') {
    if (rendition) {
      rendition.file(resource.file, now, (contents) => {
        reply(contents ? mediaAnswer(contents, MEDIA_TYPE, query) : fileGone);
      });
    } else {
      reply(fileGone);
    }
    return;
  }
  const directives = parseDirectives(request.directives);
  if ('problem' in directives) {
    reply(refusal(400, `${directives.problem}.`));
    return;
  }
  const playlist = { name: resource.name, directives, query, reply };
  if (resource.type === 'subtitles-playlist') {
    stream.subtitlesPlaylist(playlist, now);
  } else if (resource.rendition === '') {
    stream.multivariant(playlist, now);
  } else if (rendition) {
    rendition.playlist(playlist, now);
  } else {
    reply(fileGone);
  }
}

/** Of a stream that is over, everything stands in its folder. */
async function readEnded(directory: string, resource: StreamResource, query: string): Promise<HlsAnswer> {
  if (resource.type === 'subtitles') {
    const path = join(directory, SUBTITLES_FOLDER, subtitleSegment(resource.sequence));
    return subtitlesAnswer(await readFile(path), query);
  }
  const folder = join(
    directory,
    resource.type === 'subtitles-playlist' ? SUBTITLES_FOLDER : resource.rendition,
  );
  if (resource.type === 'media') {
    return mediaAnswer(await readFile(join(folder, resource.file)), MEDIA_TYPE, query);
  }
  const text = await readIfThere(join(folder, `${resource.name}.m3u8`));
  return text === null
    ? nothingLeft
    : {
        status: 200,
        contentType: PLAYLIST_TYPE,
        cacheControl: `${visibilityOf(query)}, ${ENDED_CACHE}`,
        ...playlistBody(withQuery(text, query)),
      };
}

async function readPicture(directory: string, file: string, query: string): Promise<HlsAnswer> {
  const type = pictureTypes[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return mediaAnswer(await readFile(join(directory, PICTURES_FOLDER, file)), type, query);
}

const pictureTypes: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

const mediaAnswer = (body: Buffer, contentType: string, query: string): HlsAnswer => ({
  status: 200,
  contentType,
  cacheControl: `${visibilityOf(query)}, ${IMMUTABLE}`,
  body,
  gzip: null,
});

/** A text comes to its own time when the stream is over. */
const subtitlesAnswer = (body: Buffer, query: string): HlsAnswer => ({
  status: 200,
  contentType: SUBTITLES_TYPE,
  cacheControl: `${visibilityOf(query)}, ${ENDED_CACHE}`,
  body,
  gzip: null,
});

/** What is addressed with a token is for its holder's cache alone. */
const visibilityOf = (query: string): string => (query === '' ? 'public' : 'private');

const fileGone = refusal(404, 'There is no such file in this stream, or it is no longer kept.');
const nothingLeft = refusal(404, 'The stream is over and left nothing to watch.');
