import { RoomflowError, type Gift, type Page, type Poll, type Question } from '../../contract/index.ts';
import {
  findPoll,
  findQuestion,
  listGifts,
  listPolls,
  listQuestions,
  mapPage,
  type PageRequest,
  type Store,
} from '../../store/index.ts';
import { storedPollView } from './stored-poll-view.ts';

type InRoom = PageRequest & { roomId: string; sessionId?: string | undefined };

/** Polls, questions and gifts of sessions past and present. Polls show their whole tally. */
export type AudienceHistory = {
  /** Newest first. */
  polls(query: InRoom & { status?: Poll['status'] | undefined }): Page<Poll>;
  /** `poll-not-found` otherwise. */
  poll(pollId: string): Poll;
  /** Most upvotes first. */
  questions(query: InRoom & { status?: Question['status'] | undefined }): Page<Question>;
  /** `question-not-found` otherwise. */
  question(questionId: string): Question;
  /** Newest first. */
  gifts(query: InRoom): Page<Gift>;
};

export function createAudienceHistory(store: Store): AudienceHistory {
  return {
    polls(query) {
      return mapPage(listPolls(store, query), (poll) => storedPollView(store, poll));
    },
    poll(pollId) {
      const poll = findPoll(store, pollId);
      if (!poll) {
        throw new RoomflowError(
          'poll-not-found',
          `There is no poll "${pollId}". GET /v2/rooms/:roomId/polls lists those of a room.`,
        );
      }
      return storedPollView(store, poll);
    },
    questions(query) {
      return mapPage(listQuestions(store, query), (question) => ({ ...question, questionId: question.id }));
    },
    question(questionId) {
      const question = findQuestion(store, questionId);
      if (!question) {
        throw new RoomflowError(
          'question-not-found',
          `There is no question "${questionId}". GET /v2/rooms/:roomId/questions lists those of a room.`,
        );
      }
      return { ...question, questionId: question.id };
    },
    gifts(query) {
      return mapPage(listGifts(store, query), (gift) => ({ ...gift, giftId: gift.id }));
    },
  };
}
