import type { Audience, Poll, Question, SignallingNotification } from '../../contract/index.ts';

/** What this participant has voted for, by poll, and which questions it wants answered. */
export type OwnVotes = { polls: Readonly<Record<string, string>>; questions: readonly string[] };

/** The audience after `notification`. Unrelated notifications give back the same object. */
export function reduceAudience(audience: Audience, notification: SignallingNotification): Audience {
  switch (notification.event) {
    case 'poll-changed':
      return withPoll(audience, notification.data.poll);
    case 'question-changed':
      return withQuestion(audience, notification.data.question);
    case 'hands-changed':
      return { ...audience, hands: notification.data.hands };
    case 'viewers-changed':
      return { ...audience, viewers: notification.data.viewers };
    case 'pins-changed':
      return { ...audience, pinnedIds: notification.data.pinnedIds };
    case 'hls-changed':
      return { ...audience, hls: notification.data.hls };
    default:
      return audience;
  }
}

export function withPoll(audience: Audience, poll: Poll): Audience {
  return { ...audience, polls: replaced(audience.polls, poll, (one) => one.pollId) };
}

export function withQuestion(audience: Audience, question: Question): Audience {
  return { ...audience, questions: replaced(audience.questions, question, (one) => one.questionId) };
}

function replaced<T>(known: readonly T[], changed: T, idOf: (one: T) => string): T[] {
  const id = idOf(changed);
  return known.some((one) => idOf(one) === id)
    ? known.map((one) => (idOf(one) === id ? changed : one))
    : [...known, changed];
}
