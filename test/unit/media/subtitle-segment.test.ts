import { describe, expect, it } from 'vitest';
import { renderSubtitleSegment, type SubtitleCue } from '../../../runtime/media/hls/index.ts';

const cue = (change: Partial<SubtitleCue>): SubtitleCue => ({
  id: 's1',
  startMs: 2000,
  endMs: 3500,
  speaker: 'Ada',
  text: 'good morning',
  ...change,
});

describe('a segment of subtitles', () => {
  it('counts from where the decode times of the media count from', () => {
    expect(renderSubtitleSegment([cue({})], { startMs: 2000, endMs: 4000 })).toBe(
      'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n' +
        's1\n00:00:02.000 --> 00:00:03.500\n<v Ada>Ada: good morning\n',
    );
  });

  it('is a whole file also when nothing is said', () => {
    expect(renderSubtitleSegment([], { startMs: 0, endMs: 2000 })).toBe(
      'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n',
    );
  });

  it('holds every cue that is seen in it, alike in each segment that it reaches into', () => {
    const cues = [cue({ id: 'before', startMs: 0, endMs: 2000 }), cue({ id: 'long', endMs: 7000 })];
    const segments = [0, 2000, 4000, 6000].map((startMs) =>
      renderSubtitleSegment(cues, { startMs, endMs: startMs + 2000 }),
    );
    expect(segments.map((text) => text.includes('before'))).toEqual([true, false, false, false]);
    expect(segments.slice(1).map((text) => text.split('long')[1])).toEqual(
      Array.from({ length: 3 }, () => segments[1]?.split('long')[1]),
    );
    expect(segments[0]).not.toContain('long');
  });

  it('takes names and texts as they are, without a tag, an empty line or an end in them', () => {
    const text = renderSubtitleSegment([cue({ speaker: 'A<b>', text: 'x & y -->\n\n<v Bo>z' })], {
      startMs: 2000,
      endMs: 4000,
    });
    expect(text.split('\n\n')).toHaveLength(2);
    expect(text).toContain('<v A&lt;b&gt;>A&lt;b&gt;: x &amp; y --&gt; &lt;v Bo&gt;z\n');
  });

  it('has times of more than a day', () => {
    const dayMs = 24 * 3_600_000;
    const text = renderSubtitleSegment([cue({ startMs: 5 * dayMs, endMs: 5 * dayMs + 61_001 })], {
      startMs: 5 * dayMs,
      endMs: 5 * dayMs + 2000,
    });
    expect(text).toContain('120:00:00.000 --> 120:01:01.001');
  });
});
