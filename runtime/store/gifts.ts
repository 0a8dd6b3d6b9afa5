import type { Gift, Page } from '../contract/index.ts';
import type { Store } from './open.ts';
import { readPage, type PageRequest } from './paging.ts';

export type StoredGift = Omit<Gift, 'giftId'>;

export function insertGift(store: Store, gift: StoredGift): void {
  store.run(store.db.insertInto('gifts').values(gift));
}

/** Newest first. */
export function listGifts(
  store: Store,
  filter: PageRequest & { roomId: string; sessionId?: string | undefined },
): Page<StoredGift> {
  const { roomId, sessionId } = filter;
  const query = store.db
    .selectFrom('gifts')
    .selectAll()
    .where('roomId', '=', roomId)
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .orderBy('sequence', 'desc');
  const page = readPage(store, query, filter);
  return { ...page, data: page.data.map(({ sequence: _sequence, ...gift }) => gift) };
}
