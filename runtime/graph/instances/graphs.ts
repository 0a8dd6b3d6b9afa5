import type { Seal } from '../../config/index.ts';
import {
  RoomflowError,
  type CreateGraphBody,
  type Graph,
  type GraphDocument,
  type GraphInstance,
  type Page,
  type RoomflowEvent,
  type UpdateGraphBody,
} from '../../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import type { LiveRooms } from '../../rooms/index.ts';
import {
  deleteGraph,
  deleteInstancesEndedBefore,
  deleteOldRevisions,
  eventBounds,
  findGraph,
  findGraphNamed,
  findInstance,
  listDeletedGraphs,
  listEnabledGraphs,
  listGraphs,
  listInstanceNodes,
  listInstances,
  listLiveInstances,
  mapPage,
  type GraphFilter,
  type InstanceFilter,
  type Store,
  type StoredGraph,
  type StoredInstance,
} from '../../store/index.ts';
import { parseDocument } from '../documents/index.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { EnabledGraphs } from './enabled-graphs.ts';
import { followEvents, type EventFollower } from './event-follower.ts';
import { createGraphArchive } from './graph-archive.ts';
import { createInstanceRunner } from './instance-runner.ts';
import { instanceView } from './instance-view.ts';
import { planOf } from './plan.ts';
import { presentEvents } from './present-events.ts';

/** A caller that ends an instance waits this long for its steps; they go on ending meanwhile. */
const STOP_ANSWER_MS = 10_000;

/** Graph documents and what runs of them. */
export type GraphService = {
  /**
   * Stores a graph and, when it is enabled, runs it from now on.
   *
   * @throws RoomflowError `invalid-graph` with every problem, `room-not-found`
   */
  create(body: CreateGraphBody): Graph;
  /** What runs finishes on the document it has. @throws as {@link create}, `graph-not-found` */
  update(graphId: string, body: UpdateGraphBody): Graph;
  /** What is there counts as having come when a graph is enabled. What runs goes on when it is disabled. */
  setEnabled(graphId: string, enabled: boolean): Graph;
  /** Ends what runs of it, and forgets it then. Answers after ten seconds at the latest. */
  delete(graphId: string): Promise<Graph>;
  /** @throws RoomflowError `graph-not-found` */
  get(graphId: string): Graph;
  list(filter: GraphFilter): Page<Graph>;
  /** Newest first, those of deleted graphs included. */
  instances(filter: InstanceFilter): Page<GraphInstance>;
  /** @throws RoomflowError `graph-instance-not-found` */
  instance(instanceId: string): GraphInstance;
  /**
   * Ends an instance; answers when its steps have ended, or after ten seconds as it is then.
   *
   * @throws RoomflowError `graph-instance-not-found`, `graph-instance-ended`
   */
  stopInstance(instanceId: string): Promise<GraphInstance>;
  /** Takes up what a restart cut off, and goes on with the events from where it was. Once, before the API is open. */
  resume(): Promise<void>;
  close(): void;
};

const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Runs graphs by themselves on every event that matches. @param options.now milliseconds since 1970 */
export function createGraphService(options: {
  store: Store;
  events: EventLog;
  webhooks: Pick<WebhookDelivery, 'enqueueCallback'>;
  rooms: LiveRooms;
  steps: StepSupervisor;
  seal: Seal;
  /** What has run and ended is kept for so long: as long as the events that it was begun by. */
  retentionDays: number;
  /** By either of its ids; throws `room-not-found`. */
  findRoom(roomId: string): { roomId: string };
  now?: () => number;
  onError: (error: unknown, fields?: Record<string, unknown>) => void;
}): GraphService {
  const { store, events, rooms, steps, now = Date.now, onError } = options;
  const archive = createGraphArchive({ store, seal: options.seal, webhooks: options.webhooks, now });
  const enabled = new EnabledGraphs();
  const runner = createInstanceRunner({ store, events, rooms, steps, now, onEnded, onError });
  let follower: EventFollower | undefined;
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS).unref();

  const viewOf = (graph: StoredGraph): Graph => archive.view(graph, runner.live.countOf(graph.id));

  const storedView = (stored: StoredInstance): GraphInstance => {
    const rows = listInstanceNodes(store, stored.id);
    return instanceView(stored, rows, rows);
  };
  const instanceViewOf = (stored: StoredInstance): GraphInstance =>
    runner.live.find(stored.id)?.view() ?? storedView(stored);

  function instanceOf(instanceId: string): GraphInstance {
    const stored = findInstance(store, instanceId);
    if (!stored) {
      throw new RoomflowError('graph-instance-not-found', `There is no instance "${instanceId}" of a graph.`);
    }
    return instanceViewOf(stored);
  }

  /** Ends what the event ends, then begins what it begins. */
  function handle(event: RoomflowEvent, commit: () => void): void {
    const ended = runner.endBy(event);
    const matches = enabled.matching(event);
    if (ended || matches.length > 0) {
      store.transact(() => {
        runner.begin([{ event, matches }]);
        commit();
      });
    }
  }

  function sweep(): void {
    try {
      deleteInstancesEndedBefore(store, new Date(now() - options.retentionDays * DAY_MS).toISOString());
    } catch (error) {
      onError(error);
    }
  }

  function onEnded(graphId: string): void {
    const graph = findGraph(store, graphId);
    deleteOldRevisions(store, graphId);
    if (graph && runner.live.countOf(graphId) === 0) {
      // Of a graph that begins nothing any more, nothing is left to wait for.
      archive.settle(viewOf(graph), graph.enabled ? 'who-has-waited' : 'all');
      if (graph.deleted) {
        deleteGraph(store, graphId);
      }
    }
  }

  function wait(graph: StoredGraph): void {
    enabled.set({ ...graph, document: archive.document(graph.id, graph.revision) });
  }

  /** Has a graph run from now on; in the caller's transaction. */
  function enable(graph: StoredGraph, includePresent: boolean): StoredGraph {
    const changed = archive.change(graph, { enabled: true, activeAfterSeq: eventBounds(store).last });
    wait(changed);
    if (includePresent) {
      runPresent(changed);
    }
    return changed;
  }

  function runPresent({ id, roomId }: StoredGraph): void {
    const types = enabled.typesOf(id);
    runner.begin(
      presentEvents({ rooms, store, events }, { roomId, types }).map((event) => ({
        event,
        matches: enabled.matchingOf(id, event),
      })),
    );
  }

  /** Changes graphs in one transaction; what waits for events is what is stored, also when that fails. */
  function changing<T extends StoredGraph>(work: () => T): T {
    // What has happened up to here has been seen, and is nothing for what is being changed.
    follower?.keepPlace();
    try {
      return store.transact(work);
    } catch (error) {
      waitForStored();
      throw error;
    }
  }

  function waitForStored(): void {
    enabled.clear();
    for (const graph of listEnabledGraphs(store)) {
      try {
        wait(graph);
      } catch (error) {
        onError(error, { graphId: graph.id });
      }
    }
  }

  const roomOf = (roomId: string | null | undefined): string | null =>
    roomId === null || roomId === undefined ? null : options.findRoom(roomId).roomId;

  function replaced(graph: StoredGraph, document: GraphDocument, body: CreateGraphBody): StoredGraph {
    const rewritten = archive.rewrite(graph, document);
    if (body.enabled === false) {
      const disabled = disable(rewritten);
      onEnded(disabled.id);
      return disabled;
    }
    if (rewritten.revision === graph.revision && graph.enabled) {
      // The same again: what its events have led to is not done twice.
      if (body.includePresent !== false) {
        runPresent(rewritten);
      }
      return rewritten;
    }
    return enable(rewritten, body.includePresent !== false);
  }

  function disable(graph: StoredGraph): StoredGraph {
    enabled.delete(graph.id);
    return archive.change(graph, { enabled: false });
  }

  /** The live instances of a graph, told to end. */
  function endAll(graphId: string, reason: string): Promise<void>[] {
    return runner.live.ofGraph(graphId).map((instance) => {
      instance.end('cancelled', reason);
      return instance.endedWithin(STOP_ANSWER_MS);
    });
  }

  return {
    create(body) {
      const document = parseDocument(body.document);
      const roomId = roomOf(body.roomId);
      const graph = changing(() => {
        const known = body.replace === true ? findGraphNamed(store, document.name, roomId) : undefined;
        const added = known ?? archive.add(document, roomId);
        const waiting = body.callbackUrl;
        if (waiting !== undefined) {
          // Before anything runs: what begins now is what is waited for.
          archive.callBack(archive.change(added, {}), waiting);
        }
        if (known) {
          return replaced(known, document, body);
        }
        return body.enabled === false ? added : enable(added, body.includePresent !== false);
      });
      return viewOf(graph);
    },
    update(graphId, body) {
      const document = body.document === undefined ? undefined : parseDocument(body.document);
      const graph = changing(() => {
        const known = archive.require(graphId);
        const rewritten = document === undefined ? known : archive.rewrite(known, document);
        const changed =
          body.roomId === undefined ? rewritten : archive.change(rewritten, { roomId: roomOf(body.roomId) });
        if (changed.enabled) {
          wait(changed);
        }
        return changed;
      });
      return viewOf(graph);
    },
    setEnabled(graphId, wanted) {
      const graph = changing(() => {
        const known = archive.require(graphId);
        if (known.enabled === wanted) {
          return known;
        }
        return wanted ? enable(known, true) : disable(known);
      });
      if (!wanted) {
        onEnded(graphId);
      }
      return viewOf(graph);
    },
    async delete(graphId) {
      const graph = changing(() =>
        archive.change(disable(archive.require(graphId)), { enabled: false, deleted: true }),
      );
      const view = viewOf(graph);
      await Promise.all(endAll(graphId, 'graph-deleted'));
      onEnded(graphId);
      return { ...view, runningInstances: runner.live.countOf(graphId) };
    },
    get: (graphId) => viewOf(archive.require(graphId)),
    list: (filter) => mapPage(listGraphs(store, filter), viewOf),
    instances: (filter) => mapPage(listInstances(store, filter), instanceViewOf),
    instance: instanceOf,
    async stopInstance(instanceId) {
      const instance = runner.live.find(instanceId);
      if (!instance) {
        const { state, reason, endedAt } = instanceOf(instanceId);
        throw new RoomflowError(
          'graph-instance-ended',
          `Instance "${instanceId}" is ${state} since ${endedAt ?? 'a moment'}: ${reason}.`,
        );
      }
      instance.end('cancelled', 'requested');
      await instance.endedWithin(STOP_ANSWER_MS);
      return instance.view();
    },
    async resume() {
      waitForStored();
      const lost: { stored: StoredInstance; reason: string }[] = [];
      for (const stored of listLiveInstances(store)) {
        try {
          const document = archive.document(stored.graphId, stored.revision);
          runner.takeUp(stored, planOf(document, stored.nodeId));
        } catch (error) {
          onError(error, { instanceId: stored.id });
          lost.push({ stored, reason: RoomflowError.from(error).message });
        }
      }
      // Only now: that its last instance has ended is the end of a graph that is being deleted.
      for (const { stored, reason } of lost) {
        runner.giveUp(stored, reason);
      }
      follower = followEvents({ store, events, handle, onError });
      await follower.caughtUp;
      runner.activate();
      for (const { id } of listDeletedGraphs(store)) {
        // Nobody waits for it any more.
        void Promise.all(endAll(id, 'graph-deleted'));
        onEnded(id);
      }
    },
    close() {
      clearInterval(sweeping);
      follower?.stop();
      runner.close();
    },
  };
}
