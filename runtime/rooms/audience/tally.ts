import type { Poll } from '../../contract/index.ts';

/** The options with how many have voted for each; votes for an option that is not there count nowhere. */
export function tallied(
  options: readonly { optionId: string; text: string }[],
  votedOptionIds: Iterable<string>,
): Pick<Poll, 'options' | 'totalVotes'> {
  const votes = new Map(options.map(({ optionId }) => [optionId, 0]));
  for (const optionId of votedOptionIds) {
    const count = votes.get(optionId);
    if (count !== undefined) {
      votes.set(optionId, count + 1);
    }
  }
  return {
    options: options.map(({ optionId, text }) => ({ optionId, text, votes: votes.get(optionId) ?? 0 })),
    totalVotes: [...votes.values()].reduce((sum, count) => sum + count, 0),
  };
}

/**
 * The poll as the audience may see it: while an open poll hides its results, every count is 0.
 *
 * @param maySeeResults moderators and the operator's own programs always may
 */
export function pollFor(maySeeResults: boolean, poll: Poll): Poll {
  return maySeeResults || !poll.hideResults || poll.status === 'closed'
    ? poll
    : { ...poll, ...tallied(poll.options, []) };
}
