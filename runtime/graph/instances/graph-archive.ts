import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Seal } from '../../config/index.ts';
import { RoomflowError, type Graph, type GraphDocument } from '../../contract/index.ts';
import type { WebhookDelivery } from '../../events/index.ts';
import {
  deleteGraphCallback,
  deleteOldRevisions,
  findGraph,
  findRevision,
  hasEndedInstance,
  insertGraph,
  insertGraphCallback,
  insertRevision,
  listGraphCallbacks,
  updateGraph,
  type Store,
  type StoredGraph,
} from '../../store/index.ts';
import { concealDocument } from '../documents/index.ts';

/** Graphs and their documents in the store, and who is called when nothing of them runs any more. */
export type GraphArchive = {
  /** @throws RoomflowError `graph-not-found`, also for one that is being deleted */
  require(graphId: string): StoredGraph;
  /** Writes down a new graph, not enabled. */
  add(document: GraphDocument, roomId: string | null): StoredGraph;
  /** Gives a graph another document. @returns the graph, with a new revision where the document is another */
  rewrite(graph: StoredGraph, document: GraphDocument): StoredGraph;
  change(
    graph: StoredGraph,
    change: Partial<Pick<StoredGraph, 'enabled' | 'deleted' | 'roomId' | 'activeAfterSeq'>>,
  ): StoredGraph;
  /**
   * A document whole, as it runs.
   *
   * @throws RoomflowError `sealed-value-unreadable`
   */
  document(graphId: string, revision: number): GraphDocument;
  view(graph: StoredGraph, runningInstances: number): Graph;
  callBack(graph: StoredGraph, url: string): void;
  /** Calls back those who wait: all, or those for whom something has run that has ended. */
  settle(graph: Graph, whom: 'all' | 'who-has-waited'): void;
};

/** @param options.now milliseconds since 1970 */
export function createGraphArchive(options: {
  store: Store;
  seal: Seal;
  webhooks: Pick<WebhookDelivery, 'enqueueCallback'>;
  now(): number;
}): GraphArchive {
  const { store, seal, webhooks } = options;
  const at = (): string => new Date(options.now()).toISOString();

  const saveRevision = (graphId: string, revision: number, document: GraphDocument): void => {
    insertRevision(store, {
      graphId,
      revision,
      shown: concealDocument(document),
      sealed: seal.close(document),
    });
  };

  const revisionOf = (graphId: string, revision: number) => {
    const found = findRevision(store, graphId, revision);
    if (!found) {
      throw new RoomflowError(
        'graph-not-found',
        `Graph "${graphId}" has no document of revision ${revision}.`,
      );
    }
    return found;
  };

  const document: GraphArchive['document'] = (graphId, revision) =>
    seal.open(revisionOf(graphId, revision).sealed) as GraphDocument;

  /** One that cannot be read any more is another: whoever gives a graph a document anew mends it. */
  function isSame({ id, revision }: StoredGraph, next: GraphDocument): boolean {
    try {
      return isDeepStrictEqual(document(id, revision), next);
    } catch (error) {
      if (RoomflowError.from(error).code === 'sealed-value-unreadable') {
        return false;
      }
      throw error;
    }
  }

  const change: GraphArchive['change'] = (graph, changes) => {
    const changed = { ...graph, ...changes, updatedAt: at() };
    updateGraph(store, graph.id, { ...changes, updatedAt: changed.updatedAt });
    return changed;
  };

  return {
    require(graphId) {
      const graph = findGraph(store, graphId);
      if (!graph || graph.deleted) {
        throw new RoomflowError('graph-not-found', `There is no graph "${graphId}".`);
      }
      return graph;
    },
    add(document, roomId) {
      const createdAt = at();
      const graph: StoredGraph = {
        id: `grf_${randomBytes(9).toString('base64url')}`,
        name: document.name,
        description: document.description ?? '',
        enabled: false,
        deleted: false,
        roomId,
        revision: 1,
        activeAfterSeq: 0,
        createdAt,
        updatedAt: createdAt,
      };
      store.transact(() => {
        insertGraph(store, graph);
        saveRevision(graph.id, graph.revision, document);
      });
      return graph;
    },
    rewrite(graph, next) {
      if (isSame(graph, next)) {
        return change(graph, {});
      }
      const changes = {
        name: next.name,
        description: next.description ?? '',
        revision: graph.revision + 1,
        updatedAt: at(),
      };
      store.transact(() => {
        saveRevision(graph.id, changes.revision, next);
        updateGraph(store, graph.id, changes);
        deleteOldRevisions(store, graph.id);
      });
      return { ...graph, ...changes };
    },
    change,
    document,
    view: (graph, runningInstances) => ({
      id: graph.id,
      graphId: graph.id,
      name: graph.name,
      description: graph.description,
      enabled: graph.enabled,
      roomId: graph.roomId,
      revision: graph.revision,
      document: revisionOf(graph.id, graph.revision).shown,
      runningInstances,
      createdAt: graph.createdAt,
      updatedAt: graph.updatedAt,
    }),
    callBack({ id, updatedAt }, url) {
      const callback = { id: `gcb_${randomBytes(9).toString('base64url')}`, graphId: id, url };
      insertGraphCallback(store, { ...callback, since: updatedAt });
    },
    settle(graph, whom) {
      store.transact(() => {
        for (const { id, url, since } of listGraphCallbacks(store, graph.id)) {
          if (whom === 'all' || hasEndedInstance(store, graph.id, since)) {
            // The delivery is kept under the callback's own id: each is made once, however often the graph runs.
            webhooks.enqueueCallback({ recordingId: id, roomId: graph.roomId ?? '', url, body: graph });
            deleteGraphCallback(store, id);
          }
        }
      });
    },
  };
}
