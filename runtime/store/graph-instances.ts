import type { Selectable } from 'kysely';
import type { GraphScope, InstanceNodeState, InstanceState, Page } from '../contract/index.ts';
import { fromJson, toJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** How an instance ends. */
export type InstanceOutcome = Extract<InstanceState, 'finished' | 'failed' | 'cancelled'>;

/** An event node that has matched, as it is kept. */
export type StoredInstance = Omit<
  Selectable<Database['graph_instances']>,
  'sequence' | 'scope' | 'state' | 'outcome' | 'eventData'
> & {
  scope: GraphScope;
  state: InstanceState;
  outcome: InstanceOutcome | null;
  eventData: Record<string, unknown>;
};

/** A step node of an instance, as it is kept. */
export type StoredInstanceNode = Omit<Selectable<Database['graph_instance_nodes']>, 'state'> & {
  state: InstanceNodeState;
};

export type InstanceFilter = PageRequest & {
  graphId?: string | undefined;
  roomId?: string | undefined;
  sessionId?: string | undefined;
  state?: InstanceState | undefined;
};

const toInstance = ({
  sequence: _sequence,
  ...row
}: Selectable<Database['graph_instances']>): StoredInstance => ({
  ...row,
  scope: row.scope as GraphScope,
  state: row.state as InstanceState,
  outcome: row.outcome as InstanceOutcome | null,
  eventData: fromJson(row.eventData),
});

const toNode = (row: Selectable<Database['graph_instance_nodes']>): StoredInstanceNode => ({
  ...row,
  state: row.state as InstanceNodeState,
});

/** @returns false when the event has led to an instance of this node already */
export function insertInstance(
  store: Store,
  instance: StoredInstance,
  nodes: readonly StoredInstanceNode[],
): boolean {
  return store.transact(() => {
    const { changes } = store.run(
      store.db
        .insertInto('graph_instances')
        .values({ ...instance, eventData: toJson(instance.eventData) })
        .onConflict((conflict) =>
          conflict.columns(['graphId', 'nodeId', 'eventId', 'activeAfterSeq']).doNothing(),
        ),
    );
    if (changes === 0) {
      return false;
    }
    for (const node of nodes) {
      store.run(store.db.insertInto('graph_instance_nodes').values(node));
    }
    return true;
  });
}

export function findInstance(store: Store, id: string): StoredInstance | undefined {
  const row = store.first(store.db.selectFrom('graph_instances').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toInstance(row);
}

/** Newest first. */
export function listInstances(store: Store, filter: InstanceFilter): Page<StoredInstance> {
  const { graphId, roomId, sessionId, state } = filter;
  const query = store.db
    .selectFrom('graph_instances')
    .selectAll()
    .$if(graphId !== undefined, (select) => select.where('graphId', '=', graphId ?? ''))
    .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
    .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
    .$if(state !== undefined, (select) => select.where('state', '=', state ?? ''))
    .orderBy('sequence', 'desc');
  return mapPage(readPage(store, query, filter), toInstance);
}

/** Every instance that has not ended, oldest first: what a restart takes up again. */
export function listLiveInstances(store: Store): StoredInstance[] {
  return store
    .all(store.db.selectFrom('graph_instances').selectAll().where('endedAt', 'is', null).orderBy('sequence'))
    .map(toInstance);
}

/** Whether an instance of a graph that began at `since` (ISO 8601) or later has ended. */
export function hasEndedInstance(store: Store, graphId: string, since: string): boolean {
  const found = store.first(
    store.db
      .selectFrom('graph_instances')
      .select('id')
      .where('graphId', '=', graphId)
      .where('startedAt', '>=', since)
      .where('endedAt', 'is not', null)
      .limit(1),
  );
  return found !== undefined;
}

export function moveInstance(
  store: Store,
  id: string,
  move: Pick<StoredInstance, 'state' | 'reason' | 'outcome' | 'endedAt'>,
): void {
  store.run(store.db.updateTable('graph_instances').set(move).where('id', '=', id));
}

/** In the order in which they start. */
export function listInstanceNodes(store: Store, instanceId: string): StoredInstanceNode[] {
  return store
    .all(
      store.db
        .selectFrom('graph_instance_nodes')
        .selectAll()
        .where('instanceId', '=', instanceId)
        .orderBy('position'),
    )
    .map(toNode);
}

export function updateInstanceNode(
  store: Store,
  { instanceId, nodeId }: Pick<StoredInstanceNode, 'instanceId' | 'nodeId'>,
  change: Partial<
    Pick<
      StoredInstanceNode,
      | 'stepId'
      | 'fedByStepId'
      | 'state'
      | 'attempts'
      | 'failures'
      | 'reason'
      | 'stopReason'
      | 'nextAttemptAtMs'
    >
  >,
): void {
  store.run(
    store.db
      .updateTable('graph_instance_nodes')
      .set(change)
      .where('instanceId', '=', instanceId)
      .where('nodeId', '=', nodeId),
  );
}

/** Which node of which instance runs, or was the last to run, each step of a session that a graph has started. */
export function listStepOrigins(
  store: Store,
  sessionId: string,
): { stepId: string; instanceId: string; graphName: string; nodeId: string }[] {
  return store.all(
    store.db
      .selectFrom('steps as step')
      .innerJoin('graph_instance_nodes as node', 'node.stepId', 'step.id')
      .innerJoin('graph_instances as instance', 'instance.id', 'node.instanceId')
      .select(['step.id as stepId', 'node.instanceId', 'instance.graphName', 'node.nodeId'])
      .where('step.sessionId', '=', sessionId),
  );
}

/**
 * Removes what has run and ended before `before` (ISO 8601), its nodes too.
 *
 * @returns how many instances were removed
 */
export function deleteInstancesEndedBefore(store: Store, before: string): number {
  return store.run(store.db.deleteFrom('graph_instances').where('endedAt', '<', before)).changes;
}
