import { describe, expect, it } from 'vitest';
import {
  PlaylistState,
  decideReload,
  parseDirectives,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
  type PlaylistView,
} from '../../../runtime/media/hls/index.ts';
import {
  parseMediaPlaylist,
  validateDelta,
  validateMediaPlaylist,
  validateUpdate,
} from '../../support/hls/index.ts';

const BEGAN_MS = Date.UTC(2026, 0, 1);
const live: PlaylistView = { windowMs: 12_000, lowLatency: true };
const event: PlaylistView = { windowMs: null, lowLatency: true, event: true };

/** A stream of 200 ms parts, ten a segment. */
class Stream {
  readonly state = new PlaylistState({ segmentTargetMs: 2000, partTargetMs: 200 });
  #parts = 0;
  #segments = 0;

  constructor() {
    this.state.setMap('init-1-1.mp4');
  }

  parts(count: number): this {
    for (let index = 0; index < count; index += 1) {
      this.#parts += 1;
      this.state.addPart({
        uri: `part-1-${this.#parts}.m4s`,
        nextUri: `part-1-${this.#parts + 1}.m4s`,
        startMs: BEGAN_MS + (this.#parts - 1) * 200,
        durationMs: 200,
        independent: this.#parts % 10 === 1,
      });
    }
    return this;
  }

  endSegment(): this {
    this.#segments += 1;
    this.state.endSegment(`segment-1-${this.#segments}.m4s`);
    return this;
  }

  segments(count: number): this {
    for (let index = 0; index < count; index += 1) {
      this.parts(10).endSegment();
    }
    return this;
  }

  text(view: PlaylistView = live): string {
    return renderMediaPlaylist(this.state, view);
  }
}

describe('a live playlist', () => {
  it('keeps the rules of RFC 8216bis at every part of a minute, and from each version to the next', () => {
    for (const view of [live, event, { ...event, event: false, windowMs: 20_000 }]) {
      const stream = new Stream();
      let previous: string | null = null;
      for (let part = 1; part <= 300; part += 1) {
        stream.parts(1);
        if (part % 10 === 0) {
          stream.endSegment();
        }
        const text = stream.text(view);
        expect(validateMediaPlaylist(text)).toEqual([]);
        expect(previous === null ? [] : validateUpdate(previous, text)).toEqual([]);
        previous = text;
      }
    }
  });

  it('tells the newest parts, hints at the next one and lets plain players take whole segments', () => {
    const playlist = parseMediaPlaylist(new Stream().segments(3).parts(2).text());
    expect(playlist.segments.map(({ uri }) => uri)).toEqual([
      'segment-1-1.m4s',
      'segment-1-2.m4s',
      'segment-1-3.m4s',
      null,
    ]);
    expect(playlist.segments.at(-1)?.parts.map(({ uri }) => uri)).toEqual(['part-1-31.m4s', 'part-1-32.m4s']);
    expect(playlist.segments.at(-1)?.parts[0]?.independent).toBe(true);
    expect(playlist.hint).toBe('part-1-33.m4s');
    expect(playlist.serverControl?.get('CAN-BLOCK-RELOAD')).toBe('YES');
    expect(playlist.serverControl?.get('PART-HOLD-BACK')).toBe('0.600');
    expect(playlist.segments[1]?.programDateTimeMs).toBe(BEGAN_MS + 2000);
  });

  it('keeps sequence numbers in a window that moves', () => {
    const playlist = parseMediaPlaylist(new Stream().segments(20).parts(1).text());
    expect(playlist.mediaSequence).toBe(14);
    expect(playlist.segments.map(({ uri }) => uri)).toContain('segment-1-15.m4s');
  });

  it('lists everything for those who seek back', () => {
    const playlist = parseMediaPlaylist(new Stream().segments(20).text(event));
    expect(playlist.type).toBe('EVENT');
    expect(playlist.segments).toHaveLength(20);
  });

  it('leaves out in a delta update what lies more than six target durations back', () => {
    const stream = new Stream().segments(30).parts(3);
    const delta = stream.text({ ...event, skip: true });
    expect(validateDelta(stream.text(event), delta)).toEqual([]);
    expect(parseMediaPlaylist(delta).skipped).toBe(24);
  });

  it('says how the other renditions stand', () => {
    const text = new Stream().segments(1).text({
      ...live,
      reports: [{ uri: '../low/live.m3u8', lastSequence: 0, lastPart: 9 }],
    });
    expect(text).toContain('#EXT-X-RENDITION-REPORT:URI="../low/live.m3u8",LAST-MSN=0,LAST-PART=9');
  });

  it('hands a token on to every URI', () => {
    const stream = new Stream().segments(4).parts(1);
    const text = stream.text({ ...live, query: '?token=abc' });
    const uris = [...text.matchAll(/([\w-]+\.(?:m4s|mp4))(\?token=abc)?/g)];
    expect(uris.length).toBeGreaterThan(20);
    expect(uris.filter(([, , token]) => token === undefined)).toEqual([]);
  });

  it('goes on with a discontinuity and a new initialization segment when its maker was replaced', () => {
    const stream = new Stream().segments(2).parts(4);
    const before = stream.text();
    stream.endSegment();
    stream.state.setMap('init-2-1.mp4');
    stream.parts(10).endSegment();
    const after = stream.text();
    expect(validateMediaPlaylist(after)).toEqual([]);
    expect(validateUpdate(before, after)).toEqual([]);
    const playlist = parseMediaPlaylist(after);
    expect(playlist.segments.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(playlist.segments.map(({ discontinuitySequence }) => discontinuitySequence)).toEqual([0, 0, 0, 1]);
    expect(playlist.segments.map(({ mapUri }) => mapUri)).toEqual([
      'init-1-1.mp4',
      'init-1-1.mp4',
      'init-1-1.mp4',
      'init-2-1.mp4',
    ]);
    for (let index = 0; index < 12; index += 1) {
      const previous = stream.text();
      stream.segments(1);
      expect(validateUpdate(previous, stream.text())).toEqual([]);
    }
    expect(parseMediaPlaylist(stream.text()).discontinuitySequence).toBe(1);
  });

  it('becomes a plain, finished playlist in the end', () => {
    const stream = new Stream().segments(4);
    stream.state.end();
    const text = stream.text(event);
    expect(validateMediaPlaylist(text)).toEqual([]);
    expect(text).not.toContain('EXT-X-PART');
    expect(text.trimEnd().endsWith('#EXT-X-ENDLIST')).toBe(true);
  });

  it('gives up what is outside of its window, but never goes below three target durations', () => {
    const stream = new Stream().segments(10);
    expect(stream.state.trim(10_000).map(({ uri }) => uri)).toEqual([
      ...[1, 2, 3, 4, 5].map((number) => `segment-1-${number}.m4s`),
    ]);
    expect(stream.state.trim(1000)).toHaveLength(2);
    expect(stream.state.segment(7)?.uri).toBe('segment-1-8.m4s');
  });

  it('forgets parts that are too old, once', () => {
    const stream = new Stream().segments(4);
    expect(stream.state.dropParts(BEGAN_MS + 4000)).toHaveLength(20);
    expect(stream.state.dropParts(BEGAN_MS + 4000)).toEqual([]);
  });
});

describe('a blocking reload', () => {
  const stream = new Stream().segments(3).parts(4);
  const decide = (sequence: number | null, part: number | null = null): string =>
    decideReload(stream.state, { sequence, part });

  it('answers at once what is there', () => {
    expect(decide(null)).toBe('now');
    expect(decide(2)).toBe('now');
    expect(decide(0, 3)).toBe('now');
    expect(decide(3, 3)).toBe('now');
  });

  it('waits for the next part and for the segment to be whole', () => {
    expect(decide(3, 4)).toBe('wait');
    expect(decide(3)).toBe('wait');
    expect(decide(4, 0)).toBe('wait');
  });

  it('takes a part behind the last of a whole segment for the first of the next one', () => {
    expect(decide(2, 10)).toBe('now');
    const between = new Stream().segments(3);
    expect(decideReload(between.state, { sequence: 2, part: 9 })).toBe('now');
    expect(decideReload(between.state, { sequence: 2, part: 10 })).toBe('wait');
  });

  it('refuses what is too far ahead', () => {
    expect(decide(6)).toBe('too-far');
    expect(decide(5)).toBe('wait');
    expect(decide(3, 18)).toBe('wait');
    expect(decide(3, 19)).toBe('too-far');
  });

  it('does not wait for a stream that has ended', () => {
    const over = new Stream().segments(1);
    over.state.end();
    expect(decideReload(over.state, { sequence: 9, part: 3 })).toBe('now');
  });

  it('reads the directives and says what is wrong with them', () => {
    expect(parseDirectives({ msn: '12', part: '3', skip: 'YES' })).toEqual({
      sequence: 12,
      part: 3,
      skip: true,
    });
    expect(parseDirectives({ msn: undefined, part: undefined, skip: undefined })).toEqual({
      sequence: null,
      part: null,
      skip: false,
    });
    for (const bad of [
      { msn: undefined, part: '1', skip: undefined },
      { msn: '-1', part: undefined, skip: undefined },
      { msn: '1e3', part: undefined, skip: undefined },
      { msn: '1', part: 'x', skip: undefined },
      { msn: '1', part: undefined, skip: 'no' },
    ]) {
      expect(parseDirectives(bad)).toHaveProperty('problem');
    }
  });
});

describe('a multivariant playlist', () => {
  it('lists the rungs with what a player chooses by', () => {
    const text = renderMultivariantPlaylist(
      [
        {
          uri: 'high/index.m3u8',
          bandwidthBps: 5_400_000,
          averageBandwidthBps: 5_000_000,
          codecs: 'avc1.640028,mp4a.40.2',
          width: 1920,
          height: 1080,
        },
      ],
      { uri: 'subtitles/index.m3u8', language: 'en-US' },
      '?token=x',
    );
    expect(text).toContain(
      '#EXT-X-STREAM-INF:BANDWIDTH=5400000,AVERAGE-BANDWIDTH=5000000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=30.000,SUBTITLES="captions"\nhigh/index.m3u8?token=x\n',
    );
    expect(text).toMatch(
      /#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",.*LANGUAGE="en-US",.*URI="subtitles\/index\.m3u8\?token=x"/,
    );
  });
});
