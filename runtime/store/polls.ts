import type { Selectable } from 'kysely';
import type { Page, Poll } from '../contract/index.ts';
import { fromJson, toJson } from './json.ts';
import type { Store } from './open.ts';
import { readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A poll without its tally, which follows from the votes. */
export type StoredPoll = Pick<
  Poll,
  'roomId' | 'sessionId' | 'question' | 'hideResults' | 'createdById' | 'createdAt' | 'closesAt' | 'closedAt'
> & { id: string; options: { optionId: string; text: string }[] };

export type PollFilter = PageRequest & {
  roomId: string;
  sessionId?: string | undefined;
  status?: Poll['status'] | undefined;
};

const toPoll = (row: Selectable<Database['polls']>): StoredPoll => {
  const { sequence: _sequence, options, hideResults, ...rest } = row;
  return { ...rest, options: fromJson(options), hideResults: hideResults === 1 };
};

export function insertPoll(store: Store, poll: StoredPoll): void {
  store.run(
    store.db
      .insertInto('polls')
      .values({ ...poll, options: toJson(poll.options), hideResults: poll.hideResults ? 1 : 0 }),
  );
}

/** Fails when the participant has voted already: the table takes one vote of each. */
export function insertPollVote(
  store: Store,
  vote: { pollId: string; participantId: string; optionId: string; at: string },
): void {
  store.run(store.db.insertInto('poll_votes').values(vote));
}

export function closePoll(store: Store, id: string, closedAt: string): void {
  store.run(
    store.db.updateTable('polls').set({ closedAt }).where('id', '=', id).where('closedAt', 'is', null),
  );
}

export function findPoll(store: Store, id: string): StoredPoll | undefined {
  const row = store.first(store.db.selectFrom('polls').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toPoll(row);
}

/** Newest first. */
export function listPolls(store: Store, filter: PollFilter): Page<StoredPoll> {
  const { roomId, sessionId, status } = filter;
  const query = store.db
    .selectFrom('polls')
    .selectAll()
    .where('roomId', '=', roomId)
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(status === 'open', (select) => select.where('closedAt', 'is', null))
    .$if(status === 'closed', (select) => select.where('closedAt', 'is not', null))
    .orderBy('sequence', 'desc');
  const page = readPage(store, query, filter);
  return { ...page, data: page.data.map(toPoll) };
}

/** Those of a session that nobody has closed. */
export function listOpenPolls(store: Store, sessionId: string): StoredPoll[] {
  return store
    .all(
      store.db
        .selectFrom('polls')
        .selectAll()
        .where('sessionId', '=', sessionId)
        .where('closedAt', 'is', null)
        .orderBy('sequence'),
    )
    .map(toPoll);
}

/** All of a session, oldest first. */
export function listSessionPolls(store: Store, sessionId: string): StoredPoll[] {
  return store
    .all(store.db.selectFrom('polls').selectAll().where('sessionId', '=', sessionId).orderBy('sequence'))
    .map(toPoll);
}

/** Who voted for which option in the polls of a session. */
export function listSessionVotes(
  store: Store,
  sessionId: string,
): { pollId: string; participantId: string; optionId: string }[] {
  return store.all(
    store.db
      .selectFrom('poll_votes')
      .innerJoin('polls', 'polls.id', 'poll_votes.pollId')
      .select(['poll_votes.pollId', 'poll_votes.participantId', 'poll_votes.optionId'])
      .where('polls.sessionId', '=', sessionId)
      .orderBy('poll_votes.at'),
  );
}

/** What was voted for, one entry a vote. */
export function readPollVotes(store: Store, pollId: string): string[] {
  return store
    .all(store.db.selectFrom('poll_votes').select('optionId').where('pollId', '=', pollId))
    .map(({ optionId }) => optionId);
}
