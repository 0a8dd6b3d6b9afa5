import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** Who is to be called, once, when nothing of a graph runs any more that began after `since`. */
export type StoredGraphCallback = Selectable<Database['graph_callbacks']>;

export function insertGraphCallback(store: Store, callback: StoredGraphCallback): void {
  store.run(store.db.insertInto('graph_callbacks').values(callback));
}

/** Oldest first. */
export function listGraphCallbacks(store: Store, graphId: string): StoredGraphCallback[] {
  return store.all(
    store.db.selectFrom('graph_callbacks').selectAll().where('graphId', '=', graphId).orderBy('since'),
  );
}

export function deleteGraphCallback(store: Store, id: string): void {
  store.run(store.db.deleteFrom('graph_callbacks').where('id', '=', id));
}
