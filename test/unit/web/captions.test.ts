import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Caption, SignallingNotification } from '../../../runtime/contract/index.ts';
import { captionDueMs } from '../../../runtime/web/captions/caption-timing.ts';
import { Captions } from '../../../runtime/web/captions/captions.ts';
import {
  bySpeaker,
  holdMs,
  withCaption,
  withoutOver,
  type ShownCaption,
} from '../../../runtime/web/captions/shown-captions.ts';
import { transcriptText, turnsOf } from '../../../runtime/web/captions/transcript-text.ts';

const caption = (change: Partial<Caption>): Caption => ({
  segmentId: 's1',
  participantId: 'ada',
  participantName: 'Ada',
  text: 'good morning',
  isFinal: true,
  startMs: 10_000,
  endMs: 11_000,
  language: 'en-US',
  timestamp: 1_700_000_010_000,
  ...change,
});

const shownAfter = (...captions: Caption[]): readonly ShownCaption[] =>
  captions.reduce<readonly ShownCaption[]>((shown, one) => withCaption(shown, one, 0), []);

describe('captions on show', () => {
  it('grow in their place until the final text', () => {
    const shown = shownAfter(
      caption({ text: 'good', isFinal: false }),
      caption({ segmentId: 's2', participantId: 'bo', participantName: 'Bo', text: 'hi' }),
      caption({ text: 'good mourning', isFinal: false }),
      caption({ text: 'good morning' }),
    );
    expect(shown.map(({ segmentId, text, isFinal }) => [segmentId, text, isFinal])).toEqual([
      ['s1', 'good morning', true],
      ['s2', 'hi', true],
    ]);
  });

  it('are not changed by an interim text that comes after its final one', () => {
    const shown = shownAfter(caption({}), caption({ text: 'good', isFinal: false }));
    expect(shown.map(({ text }) => text)).toEqual(['good morning']);
  });

  it('go when a final text turns out to be nothing', () => {
    expect(shownAfter(caption({ text: 'mm', isFinal: false }), caption({ text: '' }))).toEqual([]);
  });

  it('stay long enough to be read, and then go', () => {
    const shown = shownAfter(caption({}));
    const until = holdMs(caption({}));
    expect(holdMs(caption({ text: 'x'.repeat(100) }))).toBeGreaterThan(until);
    expect(withoutOver(shown, 1000)).toBe(shown);
    expect(withoutOver(shown, until - 1).map(({ leaving }) => leaving)).toEqual([true]);
    expect(withoutOver(shown, until)).toEqual([]);
  });

  it('stand by speaker, the two who spoke last, each where they began', () => {
    const said = (participantId: string, segmentId: string, atMs: number) =>
      [caption({ participantId, participantName: participantId, segmentId }), atMs] as const;
    const shown = [
      said('ada', 'a1', 0),
      said('bo', 'b1', 100),
      said('cy', 'c1', 200),
      said('ada', 'a2', 300),
    ].reduce<readonly ShownCaption[]>((so, [one, atMs]) => withCaption(so, one, atMs), []);
    expect(
      bySpeaker(shown).map(({ name, texts }) => [name, texts.map(({ segmentId }) => segmentId)]),
    ).toEqual([
      ['ada', ['a1', 'a2']],
      ['cy', ['c1']],
    ]);
  });
});

describe('a caption of a broadcast', () => {
  it('is due with its first word when it comes whole, and with its last when it has grown', () => {
    const { timestamp } = caption({});
    expect(captionDueMs(caption({}), false)).toBe(timestamp);
    expect(captionDueMs(caption({ isFinal: false }), false)).toBe(timestamp + 1000);
    expect(captionDueMs(caption({}), true)).toBe(timestamp + 1000);
  });
});

describe('the page’s captions', () => {
  const kept = new Map<string, string>();
  let pictureMs: number | null;
  let captions: Captions;

  beforeEach(() => {
    vi.useFakeTimers();
    kept.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    pictureMs = null;
    captions = new Captions({ room: () => null, pictureTimeMs: () => pictureMs });
  });

  afterEach(() => {
    captions.end();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const tell = (notification: SignallingNotification): void => captions.tell({ notification, before: null });
  const hear = (change: Partial<Caption>): void =>
    tell({ event: 'transcription-text', data: caption(change) });
  const texts = (): string[] => captions.onShow.value.map(({ text }) => text);

  it('are seen at once where words and picture come together, and go a few seconds later', () => {
    hear({});
    expect(texts()).toEqual(['good morning']);
    vi.advanceTimersByTime(5_000);
    expect(texts()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(captions.transcript.value.map(({ text }) => text)).toEqual(['good morning']);
  });

  it('wait for the picture of a broadcast', () => {
    const { timestamp } = caption({});
    pictureMs = timestamp - 1_500;
    hear({});
    vi.advanceTimersByTime(1_000);
    expect([texts(), captions.transcript.value]).toEqual([[], []]);
    pictureMs = timestamp + 50;
    vi.advanceTimersByTime(100);
    expect(texts()).toEqual(['good morning']);
  });

  it('grow with the picture too', () => {
    const { timestamp } = caption({});
    pictureMs = timestamp;
    hear({ text: 'good', isFinal: false, endMs: 10_400 });
    hear({ text: 'good morning' });
    expect(texts()).toEqual([]);
    pictureMs = timestamp + 400;
    vi.advanceTimersByTime(100);
    expect(texts()).toEqual(['good']);
    pictureMs = timestamp + 1_000;
    vi.advanceTimersByTime(100);
    expect(texts()).toEqual(['good morning']);
  });

  it('are hidden when they are not wanted, also the next time, and what is said is still written down', () => {
    captions.toggle();
    hear({});
    expect(texts()).toEqual([]);
    expect(captions.transcript.value).toHaveLength(1);
    const again = new Captions({ room: () => null, pictureTimeMs: () => null });
    expect(again.wanted.value).toBe(false);
    again.toggle();
    expect(new Captions({ room: () => null, pictureTimeMs: () => null }).wanted.value).toBe(true);
  });

  it('keep the order of what was said, also when a final comes late', () => {
    hear({ segmentId: 's2', startMs: 12_000, endMs: 13_000, text: 'second' });
    hear({ segmentId: 's1', text: 'first' });
    expect(captions.transcript.value.map(({ text }) => text)).toEqual(['first', 'second']);
  });
});

describe('a transcript', () => {
  const said = [
    caption({ text: 'good morning' }),
    caption({ segmentId: 's2', startMs: 12_000, endMs: 13_000, text: 'everybody' }),
    caption({ segmentId: 's3', participantId: 'bo', participantName: 'Bo', startMs: 13_000, text: 'hello' }),
    caption({ segmentId: 's4', startMs: 90_000, endMs: 91_000, text: 'and now' }),
    caption({ segmentId: 's5', startMs: 190_000, endMs: 191_000, text: 'the end' }),
  ];

  it('is turns of who speaks, which a long silence ends', () => {
    expect(turnsOf(said).map(({ name, texts }) => [name, texts.map(({ text }) => text).join(' ')])).toEqual([
      ['Ada', 'good morning everybody'],
      ['Bo', 'hello'],
      ['Ada', 'and now'],
      ['Ada', 'the end'],
    ]);
  });

  it('is copied as a line a turn', () => {
    expect(transcriptText(said).split('\n')[0]).toMatch(/^\[.+\] Ada: good morning everybody$/);
    expect(transcriptText(said).trim().split('\n')).toHaveLength(4);
  });
});
