import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/guests/index.ts';
import {
  openViewer,
  parseMediaPlaylist,
  serveViewerPage,
  validateDelta,
  validateMediaPlaylist,
  validateUpdate,
} from '../../support/hls/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
} from '../../support/runtime/index.ts';
import type { HlsCapture, HlsStream } from '../../../runtime/contract/index.ts';

const run = promisify(execFile);
/** Small pictures: what is tested here is not the encoder. */
const config = { quality: 'low', labels: false } as const;

let clips: EncodedClip[];
let runtime: InProcessRuntime;

beforeAll(async () => {
  clips = [await encodeVideoClip('vp8', { seconds: 5 }), await encodeAudioClip(5)];
  runtime = await startRuntime({ workers: 2 });
});

afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
});

/** A room with somebody in it who sends sound and pictures. */
async function roomWithGuest(
  sent: readonly EncodedClip[] = clips,
): Promise<AsyncDisposable & { roomId: string; publisher: MediaPublisher }> {
  const { roomId } = await runtime.api.createRoom();
  const participant = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  const publisher = await publishAs(participant, { clips: sent });
  await publisher.sentMore(5);
  return { roomId, publisher, [Symbol.asyncDispose]: () => publisher.close() };
}

const start = (roomId: string, body: Record<string, unknown> = {}): Promise<HlsStream> =>
  runtime.api.call<HlsStream>('POST', '/v2/hls/start', { roomId, config, ...body });

const stop = (roomId: string): Promise<HlsStream> =>
  runtime.api.call<HlsStream>('POST', '/v2/hls/end', { roomId });

const playable = (hlsId: string) =>
  runtime.events.event('hls-playable', ({ data }) => data.hlsId === hlsId, { timeoutMs: 15_000 });

const textOf = async (url: string): Promise<string> => {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return response.text();
};

/** The media playlist of a rendition, whose address stands in the playlist of renditions at `address`. */
const mediaOf = (address: string, rendition = 'low'): string =>
  address.replace(/(index|live)\.m3u8/, `${rendition}/$1.m3u8`);
const liveOf = ({ livestreamUrl }: HlsStream): string => mediaOf(livestreamUrl);
const allOf = ({ playbackHlsUrl }: HlsStream): string => mediaOf(playbackHlsUrl);

/** The address of the next version of a playlist, by delivery directives. */
const nextOf = (url: string, text: string): string => {
  const { segments, mediaSequence } = parseMediaPlaylist(text);
  const last = segments.at(-1);
  const address = new URL(url);
  address.searchParams.set('_HLS_msn', String(last?.sequence ?? mediaSequence));
  address.searchParams.set('_HLS_part', String(last?.parts.length ?? 0));
  return address.href;
};

/** Asks for one version of a playlist after the other, as a player does, and holds each against the rules. */
async function follow(url: string, forMs: number): Promise<{ versions: number; complaints: string[] }> {
  const complaints: string[] = [];
  let text = await textOf(url);
  let versions = 0;
  for (const until = Date.now() + forMs; Date.now() < until; versions += 1) {
    const next = await textOf(nextOf(url, text));
    complaints.push(...validateMediaPlaylist(next), ...validateUpdate(text, next));
    text = next;
  }
  return { versions, complaints };
}

/** What ffmpeg complains of when it decodes; it must have seen so many pictures. */
async function decode(
  url: string,
  options: string[] = [],
): Promise<{ complaints: string; pictures: number }> {
  const { stdout, stderr } = await run(
    'ffmpeg',
    ['-v', 'warning', '-progress', '-', '-nostats', '-i', url, ...options, '-f', 'null', '-'],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  return { complaints: stderr.trim(), pictures: Number(/.*frame=(\d+)/s.exec(stdout)?.[1] ?? 0) };
}

describe('an HLS stream of a room', () => {
  let room: Awaited<ReturnType<typeof roomWithGuest>>;
  let stream: HlsStream;
  let playableAfterMs: number;
  /** A minute of both playlists, while the other tests watch the stream. */
  let following: Promise<Awaited<ReturnType<typeof follow>>[]>;

  beforeAll(async () => {
    room = await roomWithGuest();
    const startedAt = Date.now();
    stream = await start(room.roomId);
    await playable(stream.id);
    playableAfterMs = Date.now() - startedAt;
    following = Promise.all([liveOf(stream), allOf(stream)].map((url) => follow(url, 60_000)));
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  it('is playable within four seconds, and says how far it is', async () => {
    expect(playableAfterMs).toBeLessThanOrEqual(4000);
    const types = runtime.events.types(room.roomId).filter((type) => type.startsWith('hls-'));
    expect(types).toEqual(['hls-starting', 'hls-started', 'hls-playable']);
    const { data } = await runtime.api.call<{ data: HlsStream }>('GET', `/v2/hls/${room.roomId}/active`);
    expect(data).toMatchObject({ id: stream.id, status: 'running', playable: true, end: null });
    expect(data.playbackHlsUrl).toBe(`${runtime.url}/hls/${stream.id}/index.m3u8`);
    expect(data.livestreamUrl).toBe(`${runtime.url}/hls/${stream.id}/live.m3u8`);
  });

  it('plays in hls.js part by part', async () => {
    await using page = await serveViewerPage();
    const browser = await launchBrowser();
    try {
      await using viewer = await openViewer(browser, page.url, stream.livestreamUrl);
      await viewer.playing();
      const before = await viewer.report();
      await viewer.page.waitForTimeout(6000);
      const after = await viewer.report();
      expect(after.errors.filter((error) => error.startsWith('fatal'))).toEqual([]);
      expect(after.currentTime - before.currentTime).toBeGreaterThan(4.5);
      expect(after.partsLoaded - before.partsLoaded).toBeGreaterThan(20);
      expect([after.width, after.height]).toEqual([854, 480]);
    } finally {
      await browser.close();
    }
  });

  it('holds a request for the next part back until it is there, and refuses what makes no sense', async () => {
    const text = await textOf(liveOf(stream));
    const hint = parseMediaPlaylist(text).hint;
    const part = await fetch(new URL(hint ?? '', liveOf(stream)));
    expect(part.status).toBe(200);
    expect(part.headers.get('cache-control')).toContain('immutable');
    expect((await part.arrayBuffer()).byteLength).toBeGreaterThan(100);
    for (const query of ['_HLS_part=1', '_HLS_msn=x', '_HLS_msn=99999', '_HLS_skip=maybe']) {
      const response = await fetch(`${liveOf(stream)}?${query}`);
      expect([query, response.status]).toEqual([query, 400]);
      await response.body?.cancel();
    }
  });

  it('says how long what may be kept, to pages of any origin, and answers ranges', async () => {
    const playlist = await fetch(liveOf(stream));
    expect(playlist.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(playlist.headers.get('cache-control')).toContain('max-age=0');
    expect(playlist.headers.get('access-control-allow-origin')).toBe('*');
    const { segments } = parseMediaPlaylist(await playlist.text());
    const uri = segments.find((segment) => segment.uri !== null)!.uri!;
    const range = await fetch(new URL(uri, liveOf(stream)), { headers: { range: 'bytes=4-7' } });
    expect(range.status).toBe(206);
    expect(await range.text()).toBe('moof');
    expect(range.headers.get('content-range')).toMatch(/^bytes 4-7\/\d+$/);
  });

  it('leads to no other file', async () => {
    const base = `${runtime.url}/hls/${stream.id}`;
    for (const path of [
      '..%2f..%2froomflow.db',
      'index.m3u8.part',
      'segment-1-1.m4s%00',
      'low/%2e%2e%2findex.m3u8',
    ]) {
      const { status } = await runtime.api.as('').send('GET', `${base}/${path}`);
      expect([path, status]).toEqual([path, 404]);
    }
    expect(
      (await runtime.api.as('').send('GET', `${runtime.url}/hls/hls_nobody/index.m3u8`)).body,
    ).toMatchObject({
      code: 'hls-gone',
      retryable: true,
    });
  });

  it('gives a picture of now and of a time, in the size and format asked for', async () => {
    const capture = (body: Record<string, unknown> = {}): Promise<HlsCapture> =>
      runtime.api.call<HlsCapture>('POST', '/v2/hls/capture', { roomId: room.roomId, ...body });
    for (const [body, expected] of [
      [{}, { width: 854, height: 480, format: 'jpg', codec: 'mjpeg' }],
      [
        { width: 320, format: 'png' },
        { width: 320, height: 180, format: 'png', codec: 'png' },
      ],
      [
        { time: 0.4, width: 200, height: 200, format: 'webp' },
        { width: 200, height: 200, format: 'webp', codec: 'webp' },
      ],
    ] as const) {
      const { codec, ...meta } = expected;
      const picture = await capture(body);
      expect(picture.meta).toMatchObject(meta);
      const { stdout } = await run('ffprobe', [
        ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'],
        picture.filePath,
      ]);
      expect(stdout.trim()).toBe(`${codec},${meta.width},${meta.height}`);
      const served = await fetch(picture.fileUrl);
      expect((await served.arrayBuffer()).byteLength).toBe(picture.fileSize);
    }
    const late = await runtime.api.send('POST', '/v2/hls/capture', { roomId: room.roomId, time: 9999 });
    expect(late.body).toMatchObject({ statusCode: 409, code: 'nothing-to-capture' });
  });

  it('is refused a second time, with VideoSDK’s number', async () => {
    const again = await runtime.api.send('POST', '/v2/hls/start', { roomId: room.roomId, config });
    expect(again.body).toMatchObject({ statusCode: 409, code: 'already-hls', errorCode: 4020 });
  });

  it('plays in a player that knows no low latency, without a flaw', async () => {
    const { complaints, pictures } = await decode(liveOf(stream), ['-t', '5']);
    expect(complaints).toBe('');
    expect(pictures).toBeGreaterThan(140);
  });

  it('keeps the rules of RFC 8216bis over a minute, from version to version and in delta updates', async () => {
    const followed = await following;
    // Every part was seen; a busy machine may hold two back at a time.
    expect(Math.min(...followed.map(({ versions }) => versions))).toBeGreaterThan(200);
    const full = await textOf(allOf(stream));
    const { segments } = parseMediaPlaylist(full);
    expect(segments.length).toBeGreaterThan(25);
    const at = `_HLS_msn=${segments.at(-1)!.sequence}&_HLS_part=0`;
    // Both are asked for until they are of one moment.
    for (;;) {
      const [whole, delta] = await Promise.all(
        ['', '&_HLS_skip=YES'].map((skip) => textOf(`${allOf(stream)}?${at}${skip}`)),
      );
      if (parseMediaPlaylist(whole!).hint === parseMediaPlaylist(delta!).hint) {
        expect(parseMediaPlaylist(delta!).skipped).toBeGreaterThan(15);
        expect(validateDelta(whole!, delta!)).toEqual([]);
        break;
      }
    }
    expect(followed.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  it('is a whole video afterwards, and then can be deleted', async () => {
    const waiting = fetch(nextOf(liveOf(stream), await textOf(liveOf(stream))));
    const stopped = await stop(room.roomId);
    expect(stopped).toMatchObject({ id: stream.id, status: 'stopped' });
    expect((await waiting).status).toBe(200);
    const text = await textOf(allOf(stream));
    expect(validateMediaPlaylist(text)).toEqual([]);
    expect(parseMediaPlaylist(text).ended).toBe(true);
    const { complaints, pictures } = await decode(allOf(stream));
    expect(complaints).toBe('');
    expect(Math.abs(pictures - stopped.duration * 30)).toBeLessThanOrEqual(2);
    expect(runtime.events.types(room.roomId).slice(-4)).toContain('hls-stopped');

    const twice = await runtime.api.send('POST', '/v2/hls/end', { roomId: room.roomId });
    expect(twice.body).toMatchObject({ statusCode: 409, code: 'not-hls', errorCode: 4017 });
    await runtime.api.call('DELETE', `/v2/hls/${stream.id}`);
    expect((await fetch(allOf(stream))).status).toBe(404);
    expect(await readdir(join(runtime.dataDirectory, 'hls'))).toEqual([]);
  });
});

describe('a protected stream', () => {
  it('opens to its token alone, which every address in it inherits', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId, { protected: true });
    await playable(stream.id);
    const address = new URL(liveOf(stream));
    const token = address.searchParams.get('token')!;
    const text = await textOf(liveOf(stream));
    const { segments, hint } = parseMediaPlaylist(text);
    const uris = [
      hint!,
      segments[0]!.mapUri!,
      segments[0]!.uri!,
      ...segments[0]!.parts.map(({ uri }) => uri),
    ];
    expect(uris.filter((uri) => !uri.endsWith(`?token=${token}`))).toEqual([]);
    expect((await fetch(new URL(segments[0]!.uri!, liveOf(stream)))).status).toBe(200);
    for (const path of ['live.m3u8', 'index.m3u8', 'init-1-1.mp4', 'segment-1-1.m4s']) {
      for (const query of ['', '?token=1.x', `?token=${token.replace(/^\d+/, '99999999999')}`]) {
        const response = await fetch(new URL(`${path}${query}`, address));
        expect([path, query, response.status]).toEqual([path, query, 401]);
        await response.body?.cancel();
      }
    }
    await stop(room.roomId);
    const { complaints } = await decode(allOf(stream));
    expect(complaints).toBe('');
  });
});

describe('a ladder', () => {
  it('lists the source and the lower rung, whose segments go together', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId, {
      config: { ...config, quality: 'med' },
      rungs: ['low', 'high'],
    });
    await playable(stream.id);
    const text = await textOf(stream.livestreamUrl);
    expect([...text.matchAll(/RESOLUTION=(\S+?),/g)].map(([, size]) => size)).toEqual([
      '1280x720',
      '854x480',
    ]);
    expect(text).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
    const [med, low] = await Promise.all(
      ['med', 'low'].map((rung) =>
        textOf(new URL(`${rung}/live.m3u8?_HLS_msn=2`, stream.livestreamUrl).href),
      ),
    );
    expect(validateMediaPlaylist(med!)).toEqual([]);
    expect(parseMediaPlaylist(med!).reports[0]?.get('URI')).toBe('../low/live.m3u8');
    const dates = [med!, low!].map((one) =>
      parseMediaPlaylist(one).segments.map((segment) => segment.programDateTimeMs!),
    );
    dates[0]!.slice(0, 3).forEach((date, index) => {
      expect(Math.abs(date - dates[1]![index]!)).toBeLessThan(150);
    });
    await stop(room.roomId);
    const { complaints } = await decode(mediaOf(stream.playbackHlsUrl, 'med'));
    expect(complaints).toBe('');
  });
});

describe('a stream that keeps a window of the past', () => {
  it('removes what has left it, from the playlist and from the disk, and writes playlists for web servers', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId, { dvrSeconds: 10, dirPath: 'shows/today' });
    await playable(stream.id);
    const until = new URL('index.m3u8?_HLS_msn=8', allOf(stream));
    for (const msn of [2, 4, 6, 8]) {
      until.searchParams.set('_HLS_msn', String(msn));
      await textOf(until.href);
    }
    const text = await textOf(allOf(stream));
    expect(validateMediaPlaylist(text)).toEqual([]);
    const { mediaSequence, type } = parseMediaPlaylist(text);
    expect(type).toBeNull();
    expect(mediaSequence).toBeGreaterThan(1);
    const folder = join(runtime.dataDirectory, 'hls', 'shows', 'today', stream.id, 'low');
    const plain = await readFile(join(folder, 'index.m3u8'), 'utf8');
    expect(validateMediaPlaylist(plain)).toEqual([]);
    expect(plain).not.toContain('EXT-X-PART');
    await stop(room.roomId);
  });
});

describe('when the worker of a stream is killed', () => {
  it('goes on with the next sequence numbers behind a discontinuity, and is whole afterwards', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId);
    await playable(stream.id);
    const complaints: string[] = [];
    let text = await textOf(allOf(stream));
    const pid = runtime.served.runtime.pool.pidOf(stream.sessionId);
    process.kill(pid!, 'SIGKILL');
    const killedAt = Date.now();
    // The guest's own browser would connect anew; this one has to be told.
    while (
      !text.includes('EXT-X-DISCONTINUITY\n') ||
      !parseMediaPlaylist(text).segments.at(-1)?.discontinuity
    ) {
      const next = await fetch(nextOf(allOf(stream), text));
      if (next.status === 200) {
        const newer = await next.text();
        complaints.push(...validateMediaPlaylist(newer), ...validateUpdate(text, newer));
        text = newer;
      }
      expect(Date.now() - killedAt).toBeLessThan(15_000);
    }
    const { segments } = parseMediaPlaylist(text);
    const [before, after] = [segments.at(-2)!, segments.at(-1)!];
    expect(after.sequence).toBe(before.sequence + 1);
    expect(after.mapUri).not.toBe(before.mapUri);
    expect(complaints).toEqual([]);
    await textOf(`${allOf(stream)}?_HLS_msn=${after.sequence}`);
    const { status } = await stop(room.roomId);
    expect(status).toBe('stopped');
    const ended = await textOf(allOf(stream));
    expect(validateMediaPlaylist(ended)).toEqual([]);
    const seconds = parseMediaPlaylist(ended).segments.reduce(
      (sum, segment) => sum + segment.durationSeconds!,
      0,
    );
    const { pictures } = await decode(allOf(stream));
    expect(Math.abs(pictures - seconds * 30)).toBeLessThanOrEqual(3);
  });
});

describe('a stream that is recorded beside it', () => {
  it('leaves a recording of the same picture', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId, { config: { ...config, recording: { enabled: true } } });
    expect(stream.recordingId).not.toBeNull();
    await playable(stream.id);
    await stop(room.roomId);
    const stopped = await runtime.events.event(
      'recording-stopped',
      ({ data }) => data.recordingId === stream.recordingId,
      { timeoutMs: 15_000 },
    );
    const { complaints, pictures } = await decode(stopped.data.fileDetails[0]!.filePath);
    expect(complaints).toBe('');
    expect(pictures).toBeGreaterThan(25);
  });
});

describe('a stream of one participant whose H.264 fits', () => {
  it('is of the camera’s own pictures, in parts as even as any', async () => {
    const camera = await encodeVideoClip('h264', { size: '854x480', seconds: 4, kbps: 400 });
    await using room = await roomWithGuest([camera, clips[1]!]);
    const stream = await start(room.roomId, {
      participants: [{ participantId: 'ada' }],
      config: { quality: 'low' },
    });
    await playable(stream.id);
    let text = await textOf(liveOf(stream));
    const complaints: string[] = [];
    for (let version = 0; version < 30; version += 1) {
      const next = await textOf(nextOf(liveOf(stream), text));
      complaints.push(...validateMediaPlaylist(next), ...validateUpdate(text, next));
      text = next;
    }
    expect(complaints).toEqual([]);
    const { progress } = await runtime.api.step(stream.stepId);
    expect(progress).toMatchObject({ passthrough: true });
    await stop(room.roomId);
    expect((await decode(allOf(stream))).complaints).toBe('');
  });
});

describe('sound alone', () => {
  it('is streamed without a picture', async () => {
    await using room = await roomWithGuest();
    const stream = await start(room.roomId, { config: { mode: 'audio' } });
    await playable(stream.id);
    await textOf(`${mediaOf(stream.livestreamUrl, 'audio')}?_HLS_msn=2`);
    expect(validateMediaPlaylist(await textOf(mediaOf(stream.livestreamUrl, 'audio')))).toEqual([]);
    const refused = await runtime.api.send('POST', '/v2/hls/capture', { roomId: room.roomId });
    expect(refused.body).toMatchObject({ code: 'nothing-to-capture' });
    await stop(room.roomId);
    const { complaints } = await decode(mediaOf(stream.playbackHlsUrl, 'audio'));
    expect(complaints).toBe('');
  });
});

it('leaves no file open to write: what is on disk is whole', async () => {
  const left = await readdir(join(runtime.dataDirectory, 'hls'), { recursive: true });
  expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
});
