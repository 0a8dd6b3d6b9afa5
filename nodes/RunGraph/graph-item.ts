import type { IDataObject } from 'n8n-workflow';
import type { Graph, GraphInstance } from '../../runtime/contract/index.ts';

/** A stored graph as an item. Its document is left to Get, which asks for the whole. */
export function graphItem(graph: Graph): IDataObject {
  return {
    graphId: graph.graphId,
    name: graph.name,
    description: graph.description,
    enabled: graph.enabled,
    roomId: graph.roomId,
    revision: graph.revision,
    runningInstances: graph.runningInstances,
    createdAt: graph.createdAt,
    updatedAt: graph.updatedAt,
  };
}

/** One instance within a graph's item: for whom it runs, how it goes, and its steps by the node of the document. */
export function instanceItem(instance: GraphInstance): IDataObject {
  return {
    instanceId: instance.instanceId,
    revision: instance.revision,
    roomId: instance.roomId,
    sessionId: instance.sessionId,
    nodeId: instance.nodeId,
    scope: instance.scope,
    scopeId: instance.scopeId,
    state: instance.state,
    reason: instance.reason,
    startedAt: instance.startedAt,
    endedAt: instance.endedAt,
    event: instance.event,
    steps: instance.nodes,
  };
}
