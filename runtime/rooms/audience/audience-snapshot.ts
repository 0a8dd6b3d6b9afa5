import type { Poll, Question } from '../../contract/index.ts';
import {
  listSessionPolls,
  listSessionQuestions,
  listSessionUpvotes,
  listSessionVotes,
  type Store,
} from '../../store/index.ts';
import type { Person } from './person.ts';
import { tallied } from './tally.ts';

/** What those who watch a session have done so far. */
export type AudienceSnapshot = {
  /** Oldest first; `votes`: option by participant. */
  polls: { poll: Poll; votes: Map<string, string> }[];
  /** Oldest first. */
  questions: { question: Question; upvoterIds: Set<string> }[];
  /** First first. */
  hands: Person[];
};

/** The polls and questions of a session as the store knows them. */
export function readAudienceSnapshot(
  store: Store,
  sessionId: string,
): Pick<AudienceSnapshot, 'polls' | 'questions'> {
  const votes = Map.groupBy(listSessionVotes(store, sessionId), ({ pollId }) => pollId);
  const upvotes = Map.groupBy(listSessionUpvotes(store, sessionId), ({ questionId }) => questionId);
  return {
    polls: listSessionPolls(store, sessionId).map((stored) => {
      const given = new Map(
        votes.get(stored.id)?.map(({ participantId, optionId }) => [participantId, optionId]),
      );
      const poll: Poll = {
        ...stored,
        pollId: stored.id,
        ...tallied(stored.options, given.values()),
        status: stored.closedAt === null ? 'open' : 'closed',
      };
      return { poll, votes: given };
    }),
    questions: listSessionQuestions(store, sessionId).map((stored) => ({
      question: { ...stored, questionId: stored.id },
      upvoterIds: new Set(upvotes.get(stored.id)?.map(({ participantId }) => participantId)),
    })),
  };
}
