import { afterEach, describe, expect, it, vi } from 'vitest';
import { Gathered } from '../../../runtime/rooms/audience/gathered.ts';
import { wrapGift } from '../../../runtime/rooms/audience/gifts.ts';
import { Hands } from '../../../runtime/rooms/audience/hands.ts';
import { RateLimit } from '../../../runtime/rooms/audience/rate-limit.ts';
import { refusal } from './support/refusal.ts';

const ada = { participantId: 'ada', participantName: 'Ada' };
const grace = { participantId: 'grace', participantName: 'Grace' };

describe('hands', () => {
  it('stand in the order they were raised, once each', () => {
    const hands = new Hands();
    expect([hands.raise(grace), hands.raise(ada), hands.raise(grace)]).toEqual([true, true, false]);
    expect(hands.shown()).toEqual([grace, ada]);
    expect([hands.lower('grace'), hands.lower('grace')]).toEqual([true, false]);
    expect(hands.raise(grace)).toBe(true);
    expect(hands.shown()).toEqual([ada, grace]);
  });

  it('are shown up to a hundred', () => {
    const hands = new Hands();
    for (let index = 0; index < 150; index += 1) {
      hands.raise({ participantId: `p${index}`, participantName: 'Somebody' });
    }
    expect(hands.shown()).toHaveLength(100);
    expect(hands.shown()[0]?.participantId).toBe('p0');
  });
});

describe('a rate limit', () => {
  it('lets a burst pass and then so many a second, for each key by itself', () => {
    let nowMs = 0;
    const limit = new RateLimit({ burst: 3, perSecond: 2 }, () => nowMs);
    const take = (key: string, times: number): boolean[] =>
      Array.from({ length: times }, () => limit.take(key));
    expect(take('ada', 4)).toEqual([true, true, true, false]);
    expect(take('grace', 1)).toEqual([true]);
    nowMs = 499;
    expect(take('ada', 1)).toEqual([false]);
    nowMs = 1000;
    expect(take('ada', 3)).toEqual([true, true, false]);
  });

  it('never saves up more than the burst', () => {
    let nowMs = 0;
    const limit = new RateLimit({ burst: 2, perSecond: 10 }, () => nowMs);
    limit.take('ada');
    nowMs = 3_600_000;
    expect([limit.take('ada'), limit.take('ada'), limit.take('ada')]).toEqual([true, true, false]);
  });
});

describe('the memory of a rate limit', () => {
  it('holds only those who have used it lately', () => {
    let nowMs = 0;
    const limit = new RateLimit({ burst: 2, perSecond: 1 }, () => nowMs);
    for (let index = 0; index < 1000; index += 1) {
      limit.take(`p${index}`);
    }
    limit.take('ada');
    limit.take('ada');
    expect(limit.size).toBe(1001);
    nowMs = 1500;
    limit.take('grace');
    expect(limit.size).toBe(2);
    expect([limit.take('ada'), limit.take('ada')]).toEqual([true, false]);
  });
});

describe('gathered announcements', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are made once a subject, when the time is over', () => {
    vi.useFakeTimers();
    const gathered = new Gathered();
    const made: string[] = [];
    for (let index = 0; index < 1000; index += 1) {
      gathered.soon('votes', 200, () => made.push('votes'));
      gathered.soon('hands', 200, () => made.push('hands'));
    }
    vi.advanceTimersByTime(199);
    expect(made).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(made).toEqual(['votes', 'hands']);
    gathered.soon('votes', 200, () => made.push('votes again'));
    vi.advanceTimersByTime(200);
    expect(made).toEqual(['votes', 'hands', 'votes again']);
  });

  it('are not made once dropped, nor after the end', () => {
    vi.useFakeTimers();
    const gathered = new Gathered();
    const made: string[] = [];
    gathered.soon('votes', 200, () => made.push('votes'));
    gathered.drop('votes');
    gathered.soon('hands', 200, () => made.push('hands'));
    gathered.dispose();
    gathered.soon('viewers', 200, () => made.push('viewers'));
    vi.runAllTimers();
    expect(made).toEqual([]);
  });
});

describe('a gift', () => {
  const session = { roomId: 'room', sessionId: 'session' };

  it('goes to a person, or to the creator when nobody is named', () => {
    expect(wrapGift(session, ada, { toId: 'grace', toName: 'Grace' }, { gift: 'rose' }, 0)).toMatchObject({
      fromId: 'ada',
      fromName: 'Ada',
      toId: 'grace',
      toName: 'Grace',
      gift: 'rose',
      count: 1,
      message: '',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(
      wrapGift(session, ada, { toId: null, toName: 'Host' }, { gift: 'star', count: 5, message: 'Bravo' }, 0),
    ).toMatchObject({ toId: null, toName: 'Host', count: 5, message: 'Bravo' });
  });

  it('is not for oneself', () => {
    expect(
      refusal(() => wrapGift(session, ada, { toId: 'ada', toName: 'Ada' }, { gift: 'rose' }, 0)),
    ).toMatchObject({ code: 'invalid-request' });
  });
});
