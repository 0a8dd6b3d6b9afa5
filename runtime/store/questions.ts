import type { Page, Question } from '../contract/index.ts';
import type { Store } from './open.ts';
import { readPage, type PageRequest } from './paging.ts';

/** A question; its upvotes are counted from who gave them. */
export type StoredQuestion = Omit<Question, 'questionId'>;

export type QuestionFilter = PageRequest & {
  roomId: string;
  sessionId?: string | undefined;
  status?: Question['status'] | undefined;
};

export function insertQuestion(store: Store, question: StoredQuestion): void {
  const { upvotes: _upvotes, ...columns } = question;
  store.run(store.db.insertInto('questions').values(columns));
}

/** Fails when the participant has upvoted already: the table takes one upvote of each. */
export function insertQuestionUpvote(
  store: Store,
  upvote: { questionId: string; participantId: string; at: string },
): void {
  store.run(store.db.insertInto('question_upvotes').values(upvote));
}

export function updateQuestion(
  store: Store,
  id: string,
  change: Pick<Question, 'status' | 'answer' | 'answeredAt'>,
): void {
  store.run(store.db.updateTable('questions').set(change).where('id', '=', id));
}

export function findQuestion(store: Store, id: string): StoredQuestion | undefined {
  const row = store.first(counted(store).where('id', '=', id));
  return row === undefined ? undefined : toQuestion(row);
}

/** Most upvotes first, and of those alike the older. */
export function listQuestions(store: Store, filter: QuestionFilter): Page<StoredQuestion> {
  const { roomId, sessionId, status } = filter;
  const query = counted(store)
    .where('roomId', '=', roomId)
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? ''))
    .orderBy('upvotes', 'desc')
    .orderBy('sequence');
  const page = readPage(store, query, filter);
  return { ...page, data: page.data.map(toQuestion) };
}

/** All of a session, oldest first. */
export function listSessionQuestions(store: Store, sessionId: string): StoredQuestion[] {
  return store.all(counted(store).where('sessionId', '=', sessionId).orderBy('sequence')).map(toQuestion);
}

/** Who upvoted which of a session's questions. */
export function listSessionUpvotes(
  store: Store,
  sessionId: string,
): { questionId: string; participantId: string }[] {
  return store.all(
    store.db
      .selectFrom('question_upvotes')
      .innerJoin('questions', 'questions.id', 'question_upvotes.questionId')
      .select(['question_upvotes.questionId', 'question_upvotes.participantId'])
      .where('questions.sessionId', '=', sessionId),
  );
}

const counted = (store: Store) =>
  store.db
    .selectFrom('questions')
    .select([
      'id',
      'roomId',
      'sessionId',
      'text',
      'participantId',
      'participantName',
      'status',
      'answer',
      'createdAt',
      'answeredAt',
    ])
    .select((expression) =>
      expression
        .selectFrom('question_upvotes')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('question_upvotes.questionId', '=', 'questions.id')
        .as('upvotes'),
    );

const toQuestion = <R extends { status: string; upvotes: number | null }>(
  row: R,
): R & Pick<Question, 'status' | 'upvotes'> => ({
  ...row,
  // Only questions that the contract describes are ever written.
  status: row.status as Question['status'],
  upvotes: row.upvotes ?? 0,
});
