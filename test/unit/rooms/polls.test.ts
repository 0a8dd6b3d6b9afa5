import { SimulatedClock } from 'xstate';
import { describe, expect, it } from 'vitest';
import type { Poll } from '../../../runtime/contract/index.ts';
import { Polls } from '../../../runtime/rooms/audience/polls.ts';
import { pollFor, tallied } from '../../../runtime/rooms/audience/tally.ts';
import { refusal } from './support/refusal.ts';

const lunch = { question: 'Lunch?', options: ['Soup', 'Salad', 'Both'] };

function pollsAt(startMs = 0) {
  const clock = new SimulatedClock();
  const closed: Poll[] = [];
  const polls = new Polls({
    roomId: 'room',
    sessionId: 'session',
    clock,
    now: () => startMs + clock.now(),
    onClosed: (poll) => closed.push(poll),
  });
  return { polls, clock, closed };
}

describe('a tally', () => {
  it('counts the votes of each option and of all', () => {
    const options = lunch.options.map((text, index) => ({ optionId: String(index + 1), text }));
    expect(tallied(options, ['1', '3', '3'])).toEqual({
      options: [
        { optionId: '1', text: 'Soup', votes: 1 },
        { optionId: '2', text: 'Salad', votes: 0 },
        { optionId: '3', text: 'Both', votes: 2 },
      ],
      totalVotes: 3,
    });
  });

  it('does not count a vote for an option that is not there', () => {
    expect(tallied([{ optionId: '1', text: 'Soup' }], ['1', '9'])).toMatchObject({ totalVotes: 1 });
  });
});

describe('a vote', () => {
  it('is counted once for each participant, whatever they choose the second time', () => {
    const { polls } = pollsAt();
    const { pollId } = polls.create(lunch, 'host');
    polls.vote(pollId, '2', 'ada');
    expect(polls.vote(pollId, '1', 'grace')).toMatchObject({ totalVotes: 2 });
    for (const optionId of ['1', '2']) {
      expect(refusal(() => polls.vote(pollId, optionId, 'ada'))).toMatchObject({ code: 'already-voted' });
      expect(refusal(() => polls.vote(pollId, optionId, 'ada')).message).toContain('option "2"');
    }
    expect(polls.find(pollId)).toMatchObject({
      totalVotes: 2,
      options: [{ votes: 1 }, { votes: 1 }, { votes: 0 }],
    });
    expect(polls.votesOf('ada')).toEqual({ [pollId]: '2' });
    expect(polls.votesOf('eve')).toEqual({});
  });

  it('is refused for an option or a poll that is not there, and names what there is', () => {
    const { polls } = pollsAt();
    const { pollId } = polls.create(lunch, 'host');
    expect(refusal(() => polls.vote(pollId, '4', 'ada'))).toMatchObject({ code: 'invalid-request' });
    expect(refusal(() => polls.vote(pollId, '4', 'ada')).message).toContain('1, 2, 3');
    expect(refusal(() => polls.vote('poll_x', '1', 'ada'))).toMatchObject({ code: 'poll-not-found' });
    expect(polls.find(pollId)).toMatchObject({ totalVotes: 0 });
  });
});

describe('a poll', () => {
  it('is open until it is closed by hand, and is then closed once', () => {
    const { polls, closed } = pollsAt(1_000);
    const poll = polls.create(lunch, 'host');
    expect(poll).toMatchObject({ status: 'open', closesAt: null, closedAt: null });
    polls.vote(poll.pollId, '1', 'ada');
    const { pollId } = poll;
    expect(polls.close(pollId)).toMatchObject({ status: 'closed', closedAt: '1970-01-01T00:00:01.000Z' });
    expect(refusal(() => polls.close(pollId))).toMatchObject({ code: 'poll-closed' });
    expect(refusal(() => polls.vote(pollId, '1', 'grace'))).toMatchObject({ code: 'poll-closed' });
    expect(closed).toMatchObject([{ pollId, totalVotes: 1, status: 'closed' }]);
  });

  it('closes by itself when its time is up, not before, and takes no vote from then on', () => {
    const { polls, clock, closed } = pollsAt();
    const poll = polls.create({ ...lunch, durationSeconds: 30 }, 'host');
    expect(poll.closesAt).toBe('1970-01-01T00:00:30.000Z');
    clock.increment(29_999);
    polls.vote(poll.pollId, '1', 'ada');
    expect(closed).toEqual([]);
    clock.increment(1);
    expect(closed).toMatchObject([{ closedAt: '1970-01-01T00:00:30.000Z', totalVotes: 1 }]);
    expect(refusal(() => polls.vote(poll.pollId, '1', 'grace'))).toMatchObject({ code: 'poll-closed' });
  });

  it('that was closed by hand is not closed again when its time comes', () => {
    const { polls, clock, closed } = pollsAt();
    const { pollId } = polls.create({ ...lunch, durationSeconds: 30 }, 'host');
    polls.close(pollId);
    clock.increment(60_000);
    expect(closed).toHaveLength(1);
  });

  it('closes with its session', () => {
    const { polls, closed } = pollsAt();
    const first = polls.create(lunch, 'host');
    const second = polls.create({ ...lunch, durationSeconds: 600 }, 'host');
    polls.close(first.pollId);
    polls.closeAll();
    expect(closed.map(({ pollId }) => pollId)).toEqual([first.pollId, second.pollId]);
  });

  it('hides its results from the audience until it is closed, and from moderators never', () => {
    const { polls } = pollsAt();
    const { pollId } = polls.create({ ...lunch, hideResults: true }, 'host');
    const poll = polls.vote(pollId, '1', 'ada');
    expect(pollFor(true, poll)).toBe(poll);
    expect(pollFor(false, poll)).toEqual({
      ...poll,
      totalVotes: 0,
      options: poll.options.map((option) => ({ ...option, votes: 0 })),
    });
    const over = polls.close(pollId);
    expect(pollFor(false, over)).toBe(over);
    expect(over.totalVotes).toBe(1);
  });

  it('is refused with options that are the same, or without a text', () => {
    const { polls } = pollsAt();
    for (const body of [
      { question: 'Lunch?', options: ['Soup', 'Soup'] },
      { question: '  ', options: ['Soup', 'Salad'] },
      { question: 'Lunch?', options: ['Soup', ' '] },
    ]) {
      expect(refusal(() => polls.create(body, 'host'))).toMatchObject({ code: 'invalid-request' });
    }
  });

  it('is refused while twenty others are open', () => {
    const { polls } = pollsAt();
    const created = Array.from({ length: 20 }, () => polls.create(lunch, 'host'));
    expect(refusal(() => polls.create(lunch, 'host'))).toMatchObject({ code: 'too-many-requests' });
    polls.close(created[0]!.pollId);
    expect(polls.create(lunch, 'host').status).toBe('open');
  });
});

it('tells late joiners of every open poll and of the newest closed ones, oldest first', () => {
  const { polls } = pollsAt();
  const stillOpen = polls.create(lunch, 'host');
  const closed = Array.from({ length: 25 }, () => polls.close(polls.create(lunch, 'host').pollId));
  expect(polls.remembered().map(({ pollId }) => pollId)).toEqual(
    [stillOpen, ...closed.slice(5)].map(({ pollId }) => pollId),
  );
});
