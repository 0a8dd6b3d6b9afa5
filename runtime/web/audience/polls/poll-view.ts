import type { Poll } from '../../../contract/index.ts';

export type PollOptionView = {
  optionId: string;
  text: string;
  votes: number;
  /** Of all votes, in whole percent. */
  percent: number;
  /** What this person voted for. */
  own: boolean;
  /** Has the most votes, alone or with others. */
  leading: boolean;
};

export type PollView = {
  mayVote: boolean;
  showsResults: boolean;
  options: readonly PollOptionView[];
  /** How it stands, in words. */
  note: string;
};

export type PollReader = { ownOptionId: string | null; isModerator: boolean; nowMs: number };

/**
 * What one person is shown of a poll: the choice until voted, then the tally. Hosts see the tally all along. A poll
 * that hides its results shows them to everybody when it is closed.
 */
export function pollView(poll: Poll, { ownOptionId, isModerator, nowMs }: PollReader): PollView {
  const closed = poll.status === 'closed';
  const voted = ownOptionId !== null;
  const showsResults = closed || (!poll.hideResults && (voted || isModerator));
  const most = Math.max(...poll.options.map(({ votes }) => votes));
  const options = poll.options.map(({ optionId, text, votes }) => ({
    optionId,
    text,
    votes,
    percent: poll.totalVotes === 0 ? 0 : Math.round((votes / poll.totalVotes) * 100),
    own: optionId === ownOptionId,
    leading: showsResults && votes > 0 && votes === most,
  }));
  return { mayVote: !closed && !voted, showsResults, options, note: note(poll, voted, nowMs) };
}

/** Open polls first, the newest of each first. */
export function inOrder(polls: readonly Poll[]): Poll[] {
  const rank = ({ status }: Poll): number => (status === 'open' ? 0 : 1);
  return polls.toSorted((a, b) => rank(a) - rank(b) || Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

/** Time left as `1:05`; never below zero. */
export function timeLeft(untilMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function votesText(votes: number): string {
  if (votes === 0) {
    return 'No votes yet';
  }
  return votes === 1 ? '1 vote' : `${votes} votes`;
}

function note(poll: Poll, voted: boolean, nowMs: number): string {
  const votes = votesText(poll.totalVotes);
  if (poll.status === 'closed') {
    return poll.totalVotes === 0 ? 'Closed without votes' : `${votes} · Final result`;
  }
  const parts = [
    ...(poll.hideResults ? [] : [votes]),
    ...(poll.hideResults && voted ? ['You voted'] : []),
    ...(poll.hideResults ? ['Results are shown at the end'] : []),
    ...(poll.closesAt === null ? [] : [`Closes in ${timeLeft(Date.parse(poll.closesAt), nowMs)}`]),
  ];
  return parts.join(' · ');
}
