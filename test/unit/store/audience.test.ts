import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  closePoll,
  endModeSpans,
  endSession,
  findParticipant,
  findPoll,
  insertGift,
  insertPoll,
  insertPollVote,
  insertQuestion,
  insertQuestionUpvote,
  insertRoom,
  insertSession,
  listGifts,
  listOpenPolls,
  listPolls,
  listQuestions,
  openStore,
  readModeSpans,
  readPollVotes,
  saveParticipant,
  startModeSpan,
  updateQuestion,
  type Store,
  type StoredPoll,
  type StoredQuestion,
} from '../../../runtime/store/index.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const where = { roomId: 'room', sessionId: 'first' };
let store: Store;

beforeEach(async () => {
  store = await openStore({ file: ':memory:' });
  insertRoom(store, {
    id: 'room',
    customRoomId: null,
    disabled: false,
    deactivated: false,
    webhook: null,
    autoCloseConfig: null,
    allowedParticipantIds: null,
    maxParticipants: null,
    maxForwardedSpeakers: null,
    createdAt: at(0),
    updatedAt: at(0),
  });
  for (const id of ['first', 'second']) {
    insertSession(store, { id, roomId: 'room', start: at(0) });
  }
});
afterEach(() => store.close());

const poll = (id: string, more: Partial<StoredPoll> = {}): StoredPoll => ({
  id,
  ...where,
  question: 'Lunch?',
  options: [
    { optionId: '1', text: 'Soup' },
    { optionId: '2', text: 'Salad' },
  ],
  hideResults: false,
  createdById: 'host',
  createdAt: at(1),
  closesAt: null,
  closedAt: null,
  ...more,
});
const question = (id: string, more: Partial<StoredQuestion> = {}): StoredQuestion => ({
  id,
  ...where,
  text: 'Why?',
  participantId: 'ada',
  participantName: 'Ada',
  upvotes: 0,
  status: 'open',
  answer: null,
  createdAt: at(1),
  answeredAt: null,
  ...more,
});

describe('polls', () => {
  it('are kept as they were asked, and listed newest first, by session and status', () => {
    const hidden = poll('p2', { hideResults: true, closesAt: at(60) });
    for (const one of [poll('p1'), hidden, poll('p3', { sessionId: 'second' })]) {
      insertPoll(store, one);
    }
    expect(findPoll(store, 'p2')).toEqual(hidden);
    closePoll(store, 'p1', at(9));
    const idsOf = (query: Omit<Parameters<typeof listPolls>[1], 'roomId'>): string[] =>
      listPolls(store, { roomId: 'room', ...query }).data.map(({ id }) => id);
    expect(idsOf({})).toEqual(['p3', 'p2', 'p1']);
    expect(idsOf({ sessionId: 'first' })).toEqual(['p2', 'p1']);
    expect(idsOf({ status: 'closed' })).toEqual(['p1']);
    expect(listOpenPolls(store, 'first').map(({ id }) => id)).toEqual(['p2']);
  });

  it('are closed once: the first end stands', () => {
    insertPoll(store, poll('p1'));
    closePoll(store, 'p1', at(9));
    closePoll(store, 'p1', at(20));
    expect(findPoll(store, 'p1')?.closedAt).toBe(at(9));
  });

  it('take one vote of each participant, whoever writes it', () => {
    insertPoll(store, poll('p1'));
    insertPollVote(store, { pollId: 'p1', participantId: 'ada', optionId: '1', at: at(2) });
    insertPollVote(store, { pollId: 'p1', participantId: 'grace', optionId: '2', at: at(3) });
    expect(() => {
      insertPollVote(store, { pollId: 'p1', participantId: 'ada', optionId: '2', at: at(4) });
    }).toThrow(/UNIQUE/);
    expect(readPollVotes(store, 'p1').sort()).toEqual(['1', '2']);
  });
});

describe('questions', () => {
  it('are listed by upvotes, the older first where those are alike, with their answers', () => {
    for (const id of ['q1', 'q2', 'q3']) {
      insertQuestion(store, question(id));
    }
    for (const [questionId, participantId] of [
      ['q3', 'ada'],
      ['q3', 'grace'],
      ['q2', 'ada'],
    ] as const) {
      insertQuestionUpvote(store, { questionId, participantId, at: at(2) });
    }
    updateQuestion(store, 'q3', { status: 'answered', answer: 'Because.', answeredAt: at(9) });
    const listed = listQuestions(store, { roomId: 'room' });
    expect(listed.pageInfo.total).toBe(3);
    expect(listed.data).toEqual([
      question('q3', { upvotes: 2, status: 'answered', answer: 'Because.', answeredAt: at(9) }),
      question('q2', { upvotes: 1 }),
      question('q1'),
    ]);
    expect(listQuestions(store, { roomId: 'room', status: 'open', perPage: 1 })).toMatchObject({
      pageInfo: { total: 2, lastPage: 2 },
      data: [{ id: 'q2' }],
    });
  });

  it('take one upvote of each participant', () => {
    insertQuestion(store, question('q1'));
    const upvote = { questionId: 'q1', participantId: 'ada', at: at(2) };
    insertQuestionUpvote(store, upvote);
    expect(() => {
      insertQuestionUpvote(store, upvote);
    }).toThrow(/UNIQUE/);
  });
});

it('lists gifts newest first', () => {
  const gift = (id: string, toId: string | null) => ({
    id,
    ...where,
    gift: 'rose',
    count: 1,
    message: '',
    fromId: 'ada',
    fromName: 'Ada',
    toId,
    toName: 'Host',
    at: at(1),
  });
  insertGift(store, gift('g1', null));
  insertGift(store, gift('g2', 'host'));
  expect(listGifts(store, { roomId: 'room' }).data).toEqual([gift('g2', 'host'), gift('g1', null)]);
  expect(listGifts(store, { roomId: 'room', sessionId: 'second' }).data).toEqual([]);
});

describe('modes', () => {
  const start = (mode: 'SEND_AND_RECV' | 'SIGNALLING_ONLY', second: number): void => {
    startModeSpan(store, { sessionId: 'first', participantId: 'ada', mode, start: at(second) });
  };

  beforeEach(() => {
    saveParticipant(store, {
      ...where,
      participantId: 'ada',
      name: 'Ada',
      mode: 'SIGNALLING_ONLY',
      permissions: ['allow_join'],
      metaData: null,
      resumeTokenHash: null,
      userAgent: '',
      joinedAt: at(1),
    });
  });

  it('follow each other without a gap, and the last one is the participant’s', () => {
    start('SIGNALLING_ONLY', 1);
    start('SEND_AND_RECV', 5);
    expect(findParticipant(store, 'first', 'ada')?.mode).toBe('SEND_AND_RECV');
    endModeSpans(store, 'first', 'ada', at(9));
    expect(readModeSpans(store, 'first')).toEqual([
      { participantId: 'ada', mode: 'SIGNALLING_ONLY', start: at(1), end: at(5) },
      { participantId: 'ada', mode: 'SEND_AND_RECV', start: at(5), end: at(9) },
    ]);
  });

  it('end with the session', () => {
    start('SIGNALLING_ONLY', 1);
    endSession(store, 'first', { end: at(7), reason: 'everyone-left', activeDurationSeconds: 7 });
    expect(readModeSpans(store, 'first')).toMatchObject([{ end: at(7) }]);
  });
});
