import { appendFile, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caption } from '../../../runtime/contract/index.ts';
import { parseMediaPlaylist, validateMediaPlaylist, validateUpdate } from '../../support/hls/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';
import { PackagedStream } from './support/packaged-stream.ts';

const past = { playable: true, captions: [] };
/** Files of more than two minutes ago are gone when a stream stands again. */
const clockStartMs = Date.now();

let directory: TemporaryDirectory;
let before: PackagedStream;
beforeEach(async () => {
  directory = await temporaryDirectory();
  before = new PackagedStream(directory, { clockStartMs });
});
afterEach(() => directory[Symbol.asyncDispose]());

const playlistOf = (packaged: PackagedStream): string => String(packaged.ask().answer?.body);

/** The same stream in the next run of a runtime that was killed. */
async function goOn(
  run = 2,
  more: Partial<ConstructorParameters<typeof PackagedStream>[1]> = {},
): Promise<PackagedStream> {
  const after = new PackagedStream(directory, { run, past, clockStartMs, ...more });
  await after.stream.settled();
  return after;
}

describe('a stream whose runtime was killed', () => {
  it('stands again as viewers have seen it, what was open as a whole segment', async () => {
    await before.init();
    await before.segment();
    await before.segment();
    await before.parts(3);
    const seen = playlistOf(before);
    const after = await goOn();
    const restored = playlistOf(after);
    expect([...validateMediaPlaylist(restored), ...validateUpdate(seen, restored)]).toEqual([]);
    const [old, now] = [parseMediaPlaylist(seen), parseMediaPlaylist(restored)];
    expect(now.segments.map(({ sequence, parts }) => [sequence, parts.map(({ uri }) => uri)])).toEqual(
      old.segments.map(({ sequence, parts }) => [sequence, parts.map(({ uri }) => uri)]),
    );
    expect(now.segments.at(-1)).toMatchObject({ uri: 'segment-0-2.m4s', durationSeconds: 0.6 });
    expect(await readFile(directory.entry('med', 'segment-0-2.m4s'), 'utf8')).toBe('datadatadata');
    expect(now.hint).toBeNull();
    expect(after.errors).toEqual([]);
  });

  it('goes on in the next segment, behind a discontinuity, and is not told to be playable again', async () => {
    await before.init();
    await before.segment();
    await before.parts(3);
    const seen = playlistOf(before);
    const after = await goOn();
    await after.init();
    await after.parts(2);
    const now = playlistOf(after);
    expect([...validateMediaPlaylist(now), ...validateUpdate(seen, now)]).toEqual([]);
    expect(parseMediaPlaylist(now).segments.at(-1)).toMatchObject({
      sequence: 2,
      discontinuity: true,
      mapUri: 'init-2-1.mp4',
      parts: [{ uri: 'part-2-1.m4s' }, { uri: 'part-2-2.m4s' }],
    });
    expect(after.playable).toBe(0);
    expect(after.stream.durationSeconds).toBeCloseTo(2 + 0.6 + 0.4);
  });

  it('answers the requests that viewers hold when they ask it again', async () => {
    await before.init();
    await before.segment();
    const after = await goOn();
    const waiting = after.ask({ sequence: 1, part: 0 });
    expect(waiting.answer).toBeNull();
    await after.init();
    await after.parts(1);
    expect(waiting.answer?.status).toBe(200);
  });

  it('stands as it was however often it is killed, the rescued segments too', async () => {
    await before.init();
    await before.segment();
    await before.parts(3);
    let seen = playlistOf(before);
    for (const run of [2, 3, 4]) {
      const after = await goOn(run);
      await after.init();
      await after.parts(2);
      const now = playlistOf(after);
      expect([...validateMediaPlaylist(now), ...validateUpdate(seen, now)]).toEqual([]);
      seen = now;
    }
    const { segments } = parseMediaPlaylist(playlistOf(await goOn(5)));
    expect(segments.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4]);
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true, true, true]);
  });

  it('becomes playable for the first time when it was not yet', async () => {
    await before.init();
    await before.parts(3);
    const after = await goOn(2, { past: { playable: false, captions: [] } });
    await after.init();
    await after.segment();
    expect(after.playable).toBe(1);
    expect(validateMediaPlaylist(playlistOf(after))).toEqual([]);
  });

  it('shows the texts of before in their segments, and those that come behind them', async () => {
    await before.init();
    await before.segment();
    const after = await goOn(2, { past: { playable: true, captions: [captionAt(500, 'of before')] } });
    expect(String(after.stream.subtitlesSegment(0))).toContain('of before');
    await after.init();
    await after.segment();
    after.stream.caption(captionAt(60_500, 'of after'));
    await after.segment();
    expect(String(after.stream.subtitlesSegment(2))).toContain('of after');
    expect(String(after.stream.subtitlesSegment(2))).not.toContain('of before');
  });

  it('leaves out a line of its journal that was cut off, and what is noted behind it is read', async () => {
    await before.init();
    await before.segment();
    await before.parts(1);
    const seen = playlistOf(before);
    await appendFile(directory.entry('med', 'journal.jsonl'), '{"kind":"hls-part","rendi');
    const after = await goOn();
    await after.init();
    await after.segment();
    const again = await goOn(3);
    const now = playlistOf(again);
    expect([...after.errors, ...again.errors]).toEqual([]);
    expect(validateUpdate(seen, now)).toEqual([]);
    expect(parseMediaPlaylist(now).segments.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  });

  it('keeps no journal of what is over', async () => {
    await before.init();
    await before.segment();
    await before.stream.end();
    await expect(readFile(directory.entry('med', 'journal.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

function captionAt(startMs: number, text: string): Caption {
  return {
    ...{ segmentId: text, participantId: 'ada', participantName: 'Ada', text, isFinal: true },
    ...{ startMs, endMs: startMs + 1000, language: 'en-US', timestamp: Date.UTC(2026, 0, 1) + startMs },
  };
}
