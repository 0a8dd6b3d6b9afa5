import { randomBytes } from 'node:crypto';
import type { Static } from 'typebox';
import { RoomflowError, type AnswerQuestionBody, type Question } from '../../contract/index.ts';
import type { Person } from './person.ts';

/** Beyond this many nobody reads them, and every one is told to all. */
const MAX_OPEN_QUESTIONS = 500;
/** How many a late joiner is told of: those with the most upvotes. */
const REMEMBERED_QUESTIONS = 200;

type LiveQuestion = { question: Question; readonly upvoterIds: Set<string> };

/** Most upvotes first, and of those alike the older. */
const byUpvotes = (a: Question, b: Question): number =>
  b.upvotes - a.upvotes || a.createdAt.localeCompare(b.createdAt);

/** The questions of one session. */
export class Questions {
  readonly #session: { roomId: string; sessionId: string };
  readonly #now: () => number;
  readonly #questions = new Map<string, LiveQuestion>();

  /** @param options.now milliseconds since 1970 */
  constructor(options: { roomId: string; sessionId: string; now?: () => number }) {
    this.#session = { roomId: options.roomId, sessionId: options.sessionId };
    this.#now = options.now ?? Date.now;
  }

  find(questionId: string): Question | undefined {
    return this.#questions.get(questionId)?.question;
  }

  get(questionId: string): Question {
    return this.#require(questionId).question;
  }

  /** What a late joiner is told of, in order; dismissed ones not. */
  remembered(): Question[] {
    return [...this.#questions.values()]
      .map(({ question }) => question)
      .filter(({ status }) => status !== 'dismissed')
      .sort(byUpvotes)
      .slice(0, REMEMBERED_QUESTIONS);
  }

  /** Takes up a question of before a restart. */
  restore(question: Question, upvoterIds: ReadonlySet<string>): void {
    this.#questions.set(question.questionId, { question, upvoterIds: new Set(upvoterIds) });
  }

  upvotedBy(participantId: string): string[] {
    return [...this.#questions.values()].flatMap(({ question, upvoterIds }) =>
      upvoterIds.has(participantId) ? [question.questionId] : [],
    );
  }

  /** @throws RoomflowError `invalid-request`, `too-many-requests` */
  ask(person: Person, text: string): Question {
    if (text.trim() === '') {
      throw new RoomflowError('invalid-request', 'A question needs a text; received only white space.');
    }
    const openCount = [...this.#questions.values()].filter(
      ({ question }) => question.status === 'open',
    ).length;
    if (openCount >= MAX_OPEN_QUESTIONS) {
      throw new RoomflowError(
        'too-many-requests',
        `${openCount} questions wait for an answer in room "${this.#session.roomId}"; answer or dismiss some first.`,
      );
    }
    const questionId = `qst_${randomBytes(9).toString('base64url')}`;
    const question: Question = {
      id: questionId,
      questionId,
      ...this.#session,
      text,
      ...person,
      upvotes: 0,
      status: 'open',
      answer: null,
      createdAt: new Date(this.#now()).toISOString(),
      answeredAt: null,
    };
    this.#questions.set(questionId, { question, upvoterIds: new Set() });
    return question;
  }

  /** @throws RoomflowError `question-not-found`, `question-closed`, `already-voted` */
  upvote(questionId: string, participantId: string): Question {
    const live = this.#require(questionId);
    if (live.question.status !== 'open') {
      throw new RoomflowError(
        'question-closed',
        `Question "${questionId}" has been ${live.question.status}; only open questions take upvotes.`,
      );
    }
    if (live.upvoterIds.has(participantId)) {
      throw new RoomflowError(
        'already-voted',
        `Participant "${participantId}" has upvoted question "${questionId}" already.`,
      );
    }
    live.upvoterIds.add(participantId);
    live.question = { ...live.question, upvotes: live.upvoterIds.size };
    return live.question;
  }

  /**
   * Answers, dismisses, or opens a question again. Without a text it was answered aloud.
   *
   * @throws RoomflowError `question-not-found`
   */
  answer(questionId: string, body: Static<typeof AnswerQuestionBody>): Question {
    const live = this.#require(questionId);
    const status = body.status ?? 'answered';
    live.question =
      status === 'open'
        ? { ...live.question, status, answer: null, answeredAt: null }
        : {
            ...live.question,
            status,
            answer: body.answer ?? live.question.answer,
            answeredAt: new Date(this.#now()).toISOString(),
          };
    return live.question;
  }

  #require(questionId: string): LiveQuestion {
    const live = this.#questions.get(questionId);
    if (!live) {
      throw new RoomflowError(
        'question-not-found',
        `There is no question "${questionId}" in the session that is live in room "${this.#session.roomId}".`,
      );
    }
    return live;
  }
}
