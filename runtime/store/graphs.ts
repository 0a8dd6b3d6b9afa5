import type { Selectable } from 'kysely';
import type { GraphDocument, Page } from '../contract/index.ts';
import { fromJson, toJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A graph as it is kept; its documents are in {@link StoredRevision}. */
export type StoredGraph = Omit<Selectable<Database['graphs']>, 'sequence' | 'enabled' | 'deleted'> & {
  enabled: boolean;
  deleted: boolean;
};

/** One state of a graph's document. */
export type StoredRevision = { graphId: string; revision: number; shown: GraphDocument; sealed: string };

export type GraphFilter = PageRequest & {
  name?: string | undefined;
  roomId?: string | undefined;
  enabled?: boolean | undefined;
};

const toGraph = ({ sequence: _sequence, ...row }: Selectable<Database['graphs']>): StoredGraph => ({
  ...row,
  enabled: row.enabled === 1,
  deleted: row.deleted === 1,
});

const bit = (value: boolean): 0 | 1 => (value ? 1 : 0);

export function insertGraph(store: Store, graph: StoredGraph): void {
  store.run(
    store.db
      .insertInto('graphs')
      .values({ ...graph, enabled: bit(graph.enabled), deleted: bit(graph.deleted) }),
  );
}

/** Also one that is being deleted. */
export function findGraph(store: Store, id: string): StoredGraph | undefined {
  const row = store.first(store.db.selectFrom('graphs').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toGraph(row);
}

/** The newest graph of this name for this room (null: for all), but none that is being deleted. */
export function findGraphNamed(store: Store, name: string, roomId: string | null): StoredGraph | undefined {
  const row = store.first(
    store.db
      .selectFrom('graphs')
      .selectAll()
      .where('name', '=', name)
      .where('roomId', roomId === null ? 'is' : '=', roomId)
      .where('deleted', '=', 0)
      .orderBy('sequence', 'desc')
      .limit(1),
  );
  return row === undefined ? undefined : toGraph(row);
}

/** Newest first; none that is being deleted. */
export function listGraphs(store: Store, filter: GraphFilter): Page<StoredGraph> {
  const { name, roomId, enabled } = filter;
  const query = store.db
    .selectFrom('graphs')
    .selectAll()
    .where('deleted', '=', 0)
    .$if(name !== undefined, (select) => select.where('name', '=', name ?? ''))
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(enabled !== undefined, (select) => select.where('enabled', '=', bit(enabled ?? true)))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toGraph);
}

/** Those that wait for events, oldest first. */
export function listEnabledGraphs(store: Store): StoredGraph[] {
  return store
    .all(
      store.db
        .selectFrom('graphs')
        .selectAll()
        .where('enabled', '=', 1)
        .where('deleted', '=', 0)
        .orderBy('sequence'),
    )
    .map(toGraph);
}

/** Those whose deletion waits for what still runs of them. */
export function listDeletedGraphs(store: Store): StoredGraph[] {
  return store.all(store.db.selectFrom('graphs').selectAll().where('deleted', '=', 1)).map(toGraph);
}

export function updateGraph(
  store: Store,
  id: string,
  change: Partial<Omit<StoredGraph, 'id' | 'createdAt'>>,
): void {
  const { enabled, deleted, ...plain } = change;
  const set = {
    ...plain,
    ...(enabled === undefined ? {} : { enabled: bit(enabled) }),
    ...(deleted === undefined ? {} : { deleted: bit(deleted) }),
  };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('graphs').set(set).where('id', '=', id));
  }
}

/** With its documents and callbacks; what has run of it stays. */
export function deleteGraph(store: Store, id: string): void {
  store.run(store.db.deleteFrom('graphs').where('id', '=', id));
}

export function insertRevision(store: Store, revision: StoredRevision): void {
  store.run(store.db.insertInto('graph_revisions').values({ ...revision, shown: toJson(revision.shown) }));
}

/** Removes the documents that a graph no longer has and no instance runs on any more, and with them the keys in them. */
export function deleteOldRevisions(store: Store, graphId: string): void {
  store.run(
    store.db
      .deleteFrom('graph_revisions')
      .where('graphId', '=', graphId)
      .where('revision', 'not in', store.db.selectFrom('graphs').select('revision').where('id', '=', graphId))
      .where(
        'revision',
        'not in',
        store.db
          .selectFrom('graph_instances')
          .select('revision')
          .where('graphId', '=', graphId)
          .where('endedAt', 'is', null),
      ),
  );
}

export function findRevision(store: Store, graphId: string, revision: number): StoredRevision | undefined {
  const row = store.first(
    store.db
      .selectFrom('graph_revisions')
      .selectAll()
      .where('graphId', '=', graphId)
      .where('revision', '=', revision),
  );
  return row === undefined ? undefined : { ...row, shown: fromJson(row.shown) };
}
