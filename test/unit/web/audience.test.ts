import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type {
  Audience,
  Gift,
  MessageView,
  Poll,
  Question,
  SignallingNotification,
} from '../../../runtime/contract/index.ts';
import { chatLines } from '../../../runtime/web/audience/chat/chat-line.ts';
import { giftSentence } from '../../../runtime/web/audience/gifts/gift-text.ts';
import { Participation } from '../../../runtime/web/audience/participation.ts';
import {
  inOrder as pollsInOrder,
  pollView,
  timeLeft,
} from '../../../runtime/web/audience/polls/poll-view.ts';
import { inOrder as questionsInOrder } from '../../../runtime/web/audience/questions/question-order.ts';
import { viewersText } from '../../../runtime/web/audience/viewers-text.ts';
import { reduceAudience } from '../../../runtime/web/client/audience-state.ts';
import type { RoomState } from '../../../runtime/web/client/index.ts';
import { readHandOver } from '../../../runtime/web/shared/hand-over.ts';
import { Toasts } from '../../../runtime/web/shared/toasts.ts';

const AT = '2026-01-01T10:00:00.000Z';
const at = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

const poll = (change: Partial<Poll> = {}): Poll => ({
  ...{ id: 'p1', pollId: 'p1', roomId: 'room', sessionId: 's1', question: 'Which?', hideResults: false },
  options: [
    { optionId: 'a', text: 'A', votes: 3 },
    { optionId: 'b', text: 'B', votes: 1 },
    { optionId: 'c', text: 'C', votes: 0 },
  ],
  ...{ totalVotes: 4, status: 'open', createdById: 'host', createdAt: AT, closesAt: null, closedAt: null },
  ...change,
});

const question = (questionId: string, change: Partial<Question> = {}): Question => ({
  ...{ id: questionId, questionId, roomId: 'room', sessionId: 's1', text: questionId, participantId: 'ana' },
  ...{ participantName: 'Ana', upvotes: 0, status: 'open', answer: null, createdAt: AT, answeredAt: null },
  ...change,
});

const gift = (change: Partial<Gift> = {}): Gift => ({
  ...{ id: 'g1', giftId: 'g1', roomId: 'room', sessionId: 's1', gift: 'star', count: 1, message: '' },
  ...{ fromId: 'ana', fromName: 'Ana', toId: null, toName: 'Dora', at: AT },
  ...change,
});

const message = (messageId: string, senderId: string, sentAt: string): MessageView => ({
  ...{ messageId, topic: 'CHAT', message: messageId, senderId, senderName: senderId, payload: null },
  at: sentAt,
});

const nobody: Audience = { viewers: 0, polls: [], questions: [], hands: [], pinnedIds: [], hls: null };

describe('a poll', () => {
  const viewer = { ownOptionId: null, isModerator: false, nowMs: Date.parse(AT) };

  it('shows a viewer the choice until voted, and then how it stands', () => {
    expect(pollView(poll(), viewer)).toMatchObject({ mayVote: true, showsResults: false });
    const voted = pollView(poll(), { ...viewer, ownOptionId: 'b' });
    expect(voted).toMatchObject({ mayVote: false, showsResults: true, note: '4 votes' });
    expect(voted.options.map(({ percent, own, leading }) => ({ percent, own, leading }))).toEqual([
      { percent: 75, own: false, leading: true },
      { percent: 25, own: true, leading: false },
      { percent: 0, own: false, leading: false },
    ]);
  });

  it('shows a host how it stands while voting goes on', () => {
    expect(pollView(poll(), { ...viewer, isModerator: true })).toMatchObject({
      mayVote: true,
      showsResults: true,
    });
  });

  it('hides its results from everybody until it is closed, when asked to', () => {
    const hidden = poll({ hideResults: true });
    for (const reader of [
      { ...viewer, ownOptionId: 'a' },
      { ...viewer, isModerator: true },
    ]) {
      expect(pollView(hidden, reader).showsResults).toBe(false);
      expect(pollView({ ...hidden, status: 'closed' }, reader).showsResults).toBe(true);
    }
    expect(pollView(hidden, { ...viewer, ownOptionId: 'a' }).note).toBe(
      'You voted · Results are shown at the end',
    );
  });

  it('can no longer be voted in when closed, whoever has not voted', () => {
    expect(pollView(poll({ status: 'closed' }), viewer)).toMatchObject({
      mayVote: false,
      showsResults: true,
      note: '4 votes · Final result',
    });
  });

  it('without votes has no leader and divides by nothing', () => {
    const empty = poll({ status: 'closed', totalVotes: 0 });
    const { options, note } = pollView(
      { ...empty, options: empty.options.map((option) => ({ ...option, votes: 0 })) },
      viewer,
    );
    expect(options.every(({ percent, leading }) => percent === 0 && !leading)).toBe(true);
    expect(note).toBe('Closed without votes');
  });

  it('says how long it is still open', () => {
    expect(pollView(poll({ closesAt: at(65) }), viewer).note).toBe('4 votes · Closes in 1:05');
    expect(timeLeft(0, 10_000)).toBe('0:00');
  });

  it('stands before closed ones, the newest first', () => {
    const polls = [
      poll({ pollId: 'old', createdAt: at(0) }),
      poll({ pollId: 'closed', createdAt: at(30), status: 'closed' }),
      poll({ pollId: 'new', createdAt: at(20) }),
    ];
    expect(pollsInOrder(polls).map(({ pollId }) => pollId)).toEqual(['new', 'old', 'closed']);
  });
});

describe('questions', () => {
  const questions = [
    question('late', { upvotes: 2, createdAt: at(9) }),
    question('early', { upvotes: 2, createdAt: at(1) }),
    question('wanted', { upvotes: 7, createdAt: at(5) }),
    question('answered', { upvotes: 90, status: 'answered', answeredAt: at(3) }),
    question('answered-later', { status: 'answered', answeredAt: at(8) }),
    question('dismissed', { upvotes: 99, status: 'dismissed' }),
  ];

  it('stand by how many want them answered, then the answered ones', () => {
    expect(
      questionsInOrder(questions, { selfId: 'me', isModerator: false }).map(({ questionId }) => questionId),
    ).toEqual(['wanted', 'early', 'late', 'answered-later', 'answered']);
  });

  it('that were set aside are seen by hosts and by who asked', () => {
    const seen = (reader: { selfId: string; isModerator: boolean }): boolean =>
      questionsInOrder(questions, reader).some(({ status }) => status === 'dismissed');
    expect(seen({ selfId: 'me', isModerator: false })).toBe(false);
    expect(seen({ selfId: 'ana', isModerator: false })).toBe(true);
    expect(seen({ selfId: 'host', isModerator: true })).toBe(true);
  });
});

describe('a gift', () => {
  it.each([
    [gift(), 'me', 'Ana sent Dora a Star'],
    [gift({ count: 3, gift: 'rocket' }), 'me', 'Ana sent Dora 3 × Rocket'],
    [gift({ toId: 'me', toName: 'Me' }), 'me', 'Ana sent you a Star'],
    [gift(), 'ana', 'You sent Dora a Star'],
    [gift({ gift: 'golden-goose' }), 'me', 'Ana sent Dora a golden goose'],
  ])('reads as who gave what to whom', (given, selfId, sentence) => {
    expect(giftSentence(given, selfId)).toBe(sentence);
  });
});

describe('the chat', () => {
  it('holds messages and gifts in order, and joins what one person says in a row', () => {
    const lines = chatLines(
      [message('m1', 'ana', at(0)), message('m2', 'ana', at(1)), message('m3', 'ana', at(3))],
      [gift({ at: at(2) })],
    );
    expect(lines.map((line) => (line.kind === 'message' ? [line.id, line.goesOn] : [line.id]))).toEqual([
      ['m1', false],
      ['m2', true],
      ['g1'],
      ['m3', false],
    ]);
  });
});

describe('the number of viewers', () => {
  it.each([
    [0, '0 watching'],
    [128, '128 watching'],
    [12_400, '12.4K watching'],
  ])('%i reads %s', (viewers, text) => {
    expect(viewersText(viewers)).toBe(text);
  });
});

describe('what is known of the audience', () => {
  it('takes each poll and question whole, in place of what was known', () => {
    const after = (
      [
        { event: 'poll-changed', data: { poll: poll() } },
        { event: 'poll-changed', data: { poll: poll({ totalVotes: 9 }) } },
        { event: 'question-changed', data: { question: question('q1') } },
        { event: 'question-changed', data: { question: question('q1', { upvotes: 4 }) } },
        { event: 'viewers-changed', data: { viewers: 12 } },
      ] satisfies SignallingNotification[]
    ).reduce<Audience>(reduceAudience, nobody);
    expect(after.polls.map(({ totalVotes }) => totalVotes)).toEqual([9]);
    expect(after.questions.map(({ upvotes }) => upvotes)).toEqual([4]);
    expect(after.viewers).toBe(12);
  });

  it('stays the same object when nothing about it changed', () => {
    expect(reduceAudience(nobody, { event: 'media-restart', data: { reason: 'worker' } })).toBe(nobody);
  });
});

describe('what is news to a viewer', () => {
  const room = (change: Partial<RoomState> = {}): RoomState => ({
    ...{ roomId: 'room', sessionId: 's1', selfId: 'me', mode: 'SIGNALLING_ONLY', isModerator: false },
    ...{
      participants: [],
      activeSpeakerId: null,
      messages: [],
      entryRequests: [],
      recordedIds: [],
      captions: null,
    },
    ...{ audience: nobody, votes: { polls: {}, questions: [] }, stageInvitation: null },
    ...change,
  });
  let toasts: Toasts;
  let participation: Participation;

  beforeEach(() => {
    vi.useFakeTimers();
    toasts = new Toasts();
    participation = new Participation({ room: () => null, client: () => null, toasts });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const hear = (notification: SignallingNotification, before = room()): void =>
    participation.tell({ notification, before });
  const said = (): string[] => toasts.shown.value.map(({ text }) => text);

  it('is counted out of sight, and no longer once it is on show', () => {
    hear({ event: 'poll-changed', data: { poll: poll() } });
    expect(participation.unread.value.polls).toBe(1);
    expect(said()).toEqual(['New poll: Which?']);
    participation.show('polls');
    expect(participation.unread.value.polls).toBe(0);
    expect(said()).toEqual([]);
    hear({ event: 'poll-changed', data: { poll: poll({ pollId: 'p2' }) } });
    expect(participation.unread.value.polls).toBe(0);
  });

  it('is a poll that opens or closes, not each vote', () => {
    const known = room({ audience: { ...nobody, polls: [poll()] } });
    hear({ event: 'poll-changed', data: { poll: poll({ totalVotes: 5 }) } }, known);
    expect(participation.unread.value.polls).toBe(0);
    hear({ event: 'poll-changed', data: { poll: poll({ status: 'closed' }) } }, known);
    expect(participation.unread.value.polls).toBe(1);
  });

  it('is the answer to one’s own question', () => {
    const own = question('q1', { participantId: 'me' });
    const known = room({ audience: { ...nobody, questions: [own] } });
    hear({ event: 'question-changed', data: { question: { ...own, status: 'answered' } } }, known);
    expect(said()).toEqual(['Your question was answered']);
  });

  it('is a raised hand to hosts only', () => {
    const raised: SignallingNotification = {
      event: 'hands-changed',
      data: { hands: [{ participantId: 'ana', participantName: 'Ana' }] },
    };
    hear(raised);
    expect(said()).toEqual([]);
    hear(raised, room({ isModerator: true }));
    expect(said()).toEqual(['Ana raised a hand']);
  });

  it('shows a gift once and for a moment, and keeps it for the chat', () => {
    hear({ event: 'gift-sent', data: { gift: gift() } });
    hear({ event: 'gift-sent', data: { gift: gift() } });
    expect(participation.giftsOnShow.value).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(participation.giftsOnShow.value).toEqual([]);
    expect(participation.gifts.value).toHaveLength(1);
  });

  it('never lets reactions cover the picture, however many come', () => {
    for (let count = 0; count < 500; count += 1) {
      hear({
        event: 'reaction-sent',
        data: { participantId: 'ana', participantName: 'Ana', reaction: 'love' },
      });
    }
    const floating = participation.floating.value;
    expect(floating.length).toBeLessThanOrEqual(30);
    expect(new Set(floating.map(({ lane }) => Math.floor(lane * 10))).size).toBe(10);
    vi.advanceTimersByTime(10_000);
    expect(participation.floating.value).toEqual([]);
  });
});

describe('a hand-over between pages', () => {
  const left = { roomId: 'room', participantId: 'p1', resumeToken: 'r1', name: 'Ana' };

  it('is read as it was left', () => {
    expect(readHandOver(JSON.stringify(left))).toEqual(left);
  });

  it.each(['null', '[]', '"text"', '{"roomId":"room"}', JSON.stringify({ ...left, resumeToken: 7 })])(
    'that is not one is nothing: %s',
    (text) => {
      expect(readHandOver(text)).toBeNull();
    },
  );
});
