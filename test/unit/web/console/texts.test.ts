import { describe, expect, it } from 'vitest';
import { errorCodes, type PictureEdge } from '../../../../runtime/contract/index.ts';
import {
  bitrateText,
  bytesText,
  countText,
  durationText,
  edgeText,
  signInText,
} from '../../../../runtime/web/console/texts/index.ts';

describe('figures', () => {
  it.each([
    [0, '0 bit/s'],
    [999, '999 bit/s'],
    [999.6, '1.0 kbit/s'],
    [48_000, '48.0 kbit/s'],
    [999_400, '999 kbit/s'],
    [999_950, '1.0 Mbit/s'],
    [1_240_000, '1.2 Mbit/s'],
    [99_960_000, '100 Mbit/s'],
  ])('%d bit/s read %s', (bps, text) => {
    expect(bitrateText(bps)).toBe(text);
  });

  it('tell sizes and lengths', () => {
    expect(bytesText(1_530_000)).toBe('1.5 MB');
    expect([durationText(7.9), durationText(750), durationText(3723)]).toEqual(['0:07', '12:30', '1:02:03']);
    expect([countText(1, 'person', 'people'), countText(1200, 'step')]).toEqual(['1 person', '1,200 steps']);
  });
});

describe('what stands on an edge', () => {
  const edge = (more: Partial<PictureEdge>): PictureEdge => ({
    ...{ id: 'e', from: 'a', to: 'b', label: 'video' },
    ...{ bitrateBps: null, fps: null, queueDepth: null, dropped: null },
    ...more,
  });

  it('is what it carries while nothing is measured', () => {
    expect(edgeText(edge({}))).toEqual({ isFlowing: false, flow: 'video', pace: '', trouble: '' });
  });

  it('is what flows, and below it what waits and was left out, once that is known', () => {
    expect(edgeText(edge({ bitrateBps: 1_200_000, fps: 29.97, queueDepth: 3, dropped: 1200 }))).toEqual({
      isFlowing: true,
      flow: '1.2 Mbit/s',
      pace: '30 fps',
      trouble: '3 queued · 1,200 dropped',
    });
  });

  it('says nothing of queues that are empty', () => {
    expect(edgeText(edge({ bitrateBps: 0, queueDepth: 0, dropped: 0 }))).toEqual({
      isFlowing: false,
      flow: '0 bit/s',
      pace: '',
      trouble: '',
    });
  });
});

describe('what is said when signing in does not work', () => {
  it('is a whole sentence for every code', () => {
    for (const code of [...errorCodes, 'unreachable'] as const) {
      expect(signInText({ code, message: 'The reason.' }), code).toMatch(/[.]$/);
    }
  });

  it('tells a wrong key from one that has expired and from a runtime that is away', () => {
    expect(signInText({ code: 'invalid-token', message: '' })).toMatch(/server\.key/);
    expect(signInText({ code: 'expired-token', message: '' })).toMatch(/expired/);
    expect(signInText({ code: 'unreachable', message: '' })).toMatch(/does not answer/);
  });
});
