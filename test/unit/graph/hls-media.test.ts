import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { completePlaylists, withQuery } from '../../../runtime/graph/hls/ended-stream.ts';
import { parseHlsPath } from '../../../runtime/graph/hls/names.ts';
import type { HlsAnswer } from '../../../runtime/graph/hls/answer.ts';
import type { Caption } from '../../../runtime/contract/index.ts';
import { parseMediaPlaylist, validateMediaPlaylist, validateUpdate } from '../../support/hls/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { PackagedStream } from './support/packaged-stream.ts';

const now = { sequence: null, part: null, skip: false };

describe('a running stream', () => {
  it('holds the first request until a viewer can start, and then answers at once', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    const early = packaged.ask();
    await packaged.init();
    await packaged.parts(4);
    expect(early.answer).toBeNull();
    expect(packaged.playable).toBe(0);
    await packaged.parts(6);
    await packaged.segment();
    expect(early.answer?.status).toBe(200);
    expect(packaged.playable).toBe(1);
    expect(packaged.ask().answer?.body).toBe(packaged.ask().answer?.body);
  });

  it('answers a waiting request with the very part it waits for', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    await packaged.segment();
    const part = packaged.ask({ sequence: 1, part: 1 });
    const segment = packaged.ask({ sequence: 1, part: null });
    await packaged.parts(1);
    expect(part.answer).toBeNull();
    await packaged.parts(1);
    expect(parseMediaPlaylist(String(part.answer?.body)).segments.at(-1)?.parts).toHaveLength(2);
    expect(part.answer?.cacheControl).toBe('public, max-age=12');
    expect(segment.answer).toBeNull();
    await packaged.segment();
    expect(segment.answer?.status).toBe(200);
    expect(packaged.ask({ sequence: 9, part: 0 }).answer?.status).toBe(400);
  });

  it('gives up who has waited for three target durations', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    await packaged.segment();
    const waiting = packaged.ask({ sequence: 1, part: 0 });
    packaged.stream.expire(6000);
    expect(waiting.answer).toBeNull();
    packaged.stream.expire(6001);
    expect(waiting.answer?.status).toBe(503);
  });

  it('makes a whole segment of the parts that a lost worker left, and goes on behind a discontinuity', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    await packaged.segment();
    await packaged.parts(3);
    const before = String(packaged.ask().answer?.body);
    let hinted: Buffer | null | undefined;
    packaged.stream.rendition('med')!.file('part-1-14.m4s', 0, (contents) => (hinted = contents));
    packaged.stream.workerLost();
    await packaged.stream.settled();
    expect(hinted).toBeNull();
    await packaged.init();
    await packaged.parts(1);
    const after = String(packaged.ask().answer?.body);
    expect([...validateMediaPlaylist(after), ...validateUpdate(before, after)]).toEqual([]);
    const [, rescued, anew] = parseMediaPlaylist(after).segments;
    expect(rescued).toMatchObject({ sequence: 1, durationSeconds: 0.6 });
    expect(anew).toMatchObject({ sequence: 2, discontinuity: true, mapUri: 'init-2-1.mp4' });
    expect(packaged.errors).toEqual([]);
  });

  it('is playable when all rungs of its ladder are', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory, { renditions: ['med', 'low'] });
    for (const rendition of ['med', 'low']) {
      expect(packaged.playable).toBe(0);
      await packaged.init(rendition);
      await packaged.segment(rendition);
    }
    expect(packaged.playable).toBe(1);
  });

  it('promises of each rung what it may take, not what an empty room takes, and more once it took more', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory, { renditions: ['med', 'low'] });
    const bandwidths = async (): Promise<number[]> =>
      [...(await readFile(directory.entry('index.m3u8'), 'utf8')).matchAll(/:BANDWIDTH=(\d+)/g)].map(
        ([, bps]) => Number(bps),
      );
    for (const rendition of ['med', 'low']) {
      await packaged.init(rendition);
      await packaged.segment(rendition);
    }
    expect(await bandwidths()).toEqual([1_050_000, 1_050_000]);
    // 400 kB in two seconds.
    await packaged.segment('med', 40_000);
    expect(await bandwidths()).toEqual([1_600_000, 1_050_000]);
    await packaged.stream.end();
    expect(await bandwidths()).toEqual([1_600_000, 1_050_000]);
  });

  it('goes on under its new initialization segment when what a lost worker left cannot be read', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    await packaged.segment();
    await packaged.parts(2);
    const before = String(packaged.ask().answer?.body);
    // A folder in the place of the segment that is to be made of the parts.
    await mkdir(directory.entry('med', 'segment-0-1.m4s'));
    await packaged.init();
    await packaged.parts(1);
    const after = String(packaged.ask().answer?.body);
    expect(packaged.errors).toHaveLength(1);
    expect([...validateMediaPlaylist(after), ...validateUpdate(before, after)]).toEqual([]);
    expect(parseMediaPlaylist(after).segments.at(-1)).toMatchObject({
      sequence: 2,
      discontinuity: true,
      mapUri: 'init-2-1.mp4',
    });
  });

  it('leaves no file behind that its last playlist does not name', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory, { dvrMs: 6000 });
    await packaged.init();
    for (let index = 0; index < 10; index += 1) {
      await packaged.segment();
    }
    await packaged.stream.end();
    const playlist = await readFile(directory.entry('med', 'index.m3u8'), 'utf8');
    const segments = (await readdir(directory.entry('med'))).filter((name) => name.startsWith('segment-'));
    expect(segments.filter((name) => !playlist.includes(name))).toEqual([]);
    expect(segments.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the subtitles of a stream', () => {
  const said = (segmentId: string, startMs: number, change: Partial<Caption> = {}): Caption => ({
    segmentId,
    participantId: 'ada',
    participantName: 'Ada',
    text: segmentId,
    isFinal: true,
    startMs,
    endMs: startMs + 1000,
    language: 'en-US',
    timestamp: 0,
    ...change,
  });
  const playlist = (packaged: PackagedStream, name: 'index' | 'live' = 'index'): string => {
    let text = '';
    const reply = ({ body }: HlsAnswer): void => {
      text = String(body);
    };
    packaged.stream.subtitlesPlaylist({ name, directives: now, query: '', reply }, 0);
    return text;
  };
  const segment = (packaged: PackagedStream, sequence: number): string =>
    String(packaged.stream.subtitlesSegment(sequence));

  it('go with the picture segment by segment, by the same rules, whether or not anything is said', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    const versions: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      await packaged.segment();
      versions.push(playlist(packaged));
    }
    await packaged.stream.end();
    versions.push(playlist(packaged));
    expect(versions.flatMap(validateMediaPlaylist)).toEqual([]);
    expect(versions.slice(1).flatMap((next, index) => validateUpdate(versions[index]!, next))).toEqual([]);
    const picture = parseMediaPlaylist(await readFile(directory.entry('med', 'index.m3u8'), 'utf8'));
    const timesOf = (text: ReturnType<typeof parseMediaPlaylist>) =>
      text.segments.map(({ sequence, durationSeconds, programDateTimeMs }) => [
        sequence,
        durationSeconds,
        programDateTimeMs,
      ]);
    expect(timesOf(parseMediaPlaylist(versions.at(-1)!))).toEqual(timesOf(picture));
    expect(await readFile(directory.entry('subtitles', 'index.m3u8'), 'utf8')).toBe(versions.at(-1));
    const master = await readFile(directory.entry('index.m3u8'), 'utf8');
    expect(master).toContain('URI="subtitles/index.m3u8"');
    expect(segment(packaged, 0)).toContain('WEBVTT');
    expect(packaged.stream.subtitlesSegment(3)).toBeNull();
  });

  it('show what is known too late in the next segment while they run, and in its place afterwards', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory);
    await packaged.init();
    await packaged.segment();
    await packaged.segment();
    const before = [0, 1].map((sequence) => segment(packaged, sequence));
    packaged.stream.caption(said('late', 500));
    packaged.stream.caption(said('grows', 4000, { isFinal: false }));
    await packaged.segment();
    expect([0, 1].map((sequence) => segment(packaged, sequence))).toEqual(before);
    expect(segment(packaged, 2)).toContain('00:00:04.000 --> 00:00:05.500\n<v Ada>Ada: late');
    expect(segment(packaged, 2)).not.toContain('grows');
    await packaged.stream.end();
    const left = await Promise.all(
      [0, 1, 2].map((sequence) => readFile(directory.entry('subtitles', `segment-${sequence}.vtt`), 'utf8')),
    );
    expect(left[0]).toContain('00:00:00.500 --> 00:00:02.000\n<v Ada>Ada: late');
    expect(left.slice(1).join('')).not.toContain('late');
  });

  it('leave the window of the past with the picture', async () => {
    await using directory = await temporaryDirectory();
    const packaged = new PackagedStream(directory, { dvrMs: 6000 });
    await packaged.init();
    for (let index = 0; index < 10; index += 1) {
      packaged.stream.caption(said(`said-${index}`, index * 2000));
      await packaged.segment();
    }
    await packaged.stream.end();
    const { segments } = parseMediaPlaylist(playlist(packaged));
    expect(segments.length).toBeLessThan(10);
    const files = (await readdir(directory.entry('subtitles'))).filter((name) => name.endsWith('.vtt'));
    expect(files.sort()).toEqual(segments.map(({ uri }) => uri).sort());
  });
});

describe('the address of a file of a stream', () => {
  it('is understood when the runtime itself gives such names', () => {
    expect(parseHlsPath('index.m3u8')).toEqual({ type: 'playlist', rendition: '', name: 'index' });
    expect(parseHlsPath('low/live.m3u8')).toEqual({ type: 'playlist', rendition: 'low', name: 'live' });
    expect(parseHlsPath('med/part-2-31.m4s')).toEqual({
      type: 'media',
      rendition: 'med',
      file: 'part-2-31.m4s',
    });
    expect(parseHlsPath('subtitles/live.m3u8')).toEqual({ type: 'subtitles-playlist', name: 'live' });
    expect(parseHlsPath('subtitles/segment-12.vtt')).toEqual({ type: 'subtitles', sequence: 12 });
    expect(parseHlsPath('captures/picture-00ff.webp')).toEqual({
      type: 'picture',
      file: 'picture-00ff.webp',
    });
  });

  it('leads nowhere else', () => {
    for (const path of [
      ...['', '/', '../roomflow.db', 'low/../../secret', 'captures/../index.m3u8', 'other/index.m3u8'],
      ...['index.m3u8/', 'segment-1-1.m4s.part', 'captures/1.mp4', 'low/low/index.m3u8', 'init-1-1.mp4\0'],
      ...['subtitles/segment-x.vtt', 'subtitles/init-1-1.mp4', 'segment-1.vtt', 'low/segment-1.vtt'],
    ]) {
      expect([path, parseHlsPath(path)]).toEqual([path, undefined]);
    }
  });
});

describe('a stream that is over', () => {
  it('hands the token on to every address of its playlists', () => {
    const text = '#EXTM3U\n#EXT-X-MAP:URI="init-1-1.mp4"\n#EXTINF:2.0,\nsegment-1-1.m4s\n';
    expect(withQuery(text, '?token=t')).toBe(
      '#EXTM3U\n#EXT-X-MAP:URI="init-1-1.mp4?token=t"\n#EXTINF:2.0,\nsegment-1-1.m4s?token=t\n',
    );
  });

  it('gets its end when its runtime was killed before it could write it', async () => {
    await using directory = await temporaryDirectory();
    const text = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\na.m4s\n#EXTINF:2.5,\nb.m4s\n';
    await writeFile(directory.entry('index.m3u8'), text);
    expect(await completePlaylists(directory.path, ['', 'low'])).toBe(3.5);
    expect(await completePlaylists(directory.path, [''])).toBe(3.5);
    expect(await completePlaylists(directory.path, ['low'])).toBe(0);
  });
});
