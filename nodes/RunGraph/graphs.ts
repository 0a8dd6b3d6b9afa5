import type { Graph, GraphInstance } from '../../runtime/contract/index.ts';
import {
  attemptRuntime,
  callRuntime,
  listFromRuntime,
  type Outcome,
  type RuntimeContext,
} from '../shared/transport';

export const graphPath = (graphId: string): string => `/v2/graphs/${encodeURIComponent(graphId)}`;

/** The graph, or why it is not to be had. */
export async function attemptGraph(context: RuntimeContext, graphId: string): Promise<Outcome<Graph>> {
  return await attemptRuntime<Graph>(context, { path: graphPath(graphId) });
}

/** @throws RuntimeError `graph-not-found` */
export async function getGraph(context: RuntimeContext, graphId: string): Promise<Graph> {
  return await callRuntime<Graph>(context, { path: graphPath(graphId) });
}

/** All of a graph that runs or has run, newest first. */
export async function instancesOf(context: RuntimeContext, graphId: string): Promise<GraphInstance[]> {
  return await listFromRuntime<GraphInstance>(context, `${graphPath(graphId)}/instances`, {
    limit: Number.POSITIVE_INFINITY,
    entriesOf: (data) => data,
  });
}

/** True for one that has come to its end. */
export function hasEnded({ endedAt }: GraphInstance): boolean {
  return endedAt !== null;
}
