import type { Poll } from '../../contract/index.ts';
import { readPollVotes, type Store, type StoredPoll } from '../../store/index.ts';
import { tallied } from './tally.ts';

/** A poll of the store with its tally. */
export function storedPollView(store: Store, stored: StoredPoll): Poll {
  return {
    ...stored,
    pollId: stored.id,
    ...tallied(stored.options, readPollVotes(store, stored.id)),
    status: stored.closedAt === null ? 'open' : 'closed',
  };
}
