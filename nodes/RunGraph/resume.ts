import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import type { Graph, GraphInstance } from '../../runtime/contract/index.ts';
import type { Outcome } from '../shared/waiting';
import { graphItem, instanceItem } from './graph-item';
import { attemptGraph, hasEnded, instancesOf } from './graphs';
import { isWaiting } from './run-and-wait';

/** An answer that needs nothing more. */
const settled = (json: IDataObject): Outcome => ({
  hasEnded: true,
  toItem: async () => await Promise.resolve({ json }),
});

/**
 * True when it is over for who waits since then: there was a moment at which something had ended and nothing ran; or
 * nothing runs and nothing can any more, because the graph is disabled. What has begun since that moment, perhaps
 * before the runtime got through to n8n, is not waited for. Pure.
 */
export function isOver(graph: Graph, instances: readonly GraphInstance[], runsSince: string): boolean {
  const since = Date.parse(runsSince);
  const spans = instances.map(({ startedAt, endedAt }) => ({
    start: Date.parse(startedAt),
    end: endedAt === null ? Infinity : Date.parse(endedAt),
  }));
  const isQuietAt = (at: number): boolean => spans.every(({ start, end }) => start >= at || end <= at);
  const hasBeenQuiet = spans.some(({ end }) => end >= since && end < Infinity && isQuietAt(end));
  return hasBeenQuiet || (!graph.enabled && instances.every(hasEnded));
}

/** What became of an item's graph. One that was deleted in the meantime has ended, too. */
export async function outcomeOfGraph(context: IWebhookFunctions, json: IDataObject): Promise<Outcome> {
  if (!isWaiting(json)) {
    return settled(json);
  }
  const { graphId, runsSince } = json;
  const outcome = await attemptGraph(context, graphId);
  if ('error' in outcome) {
    if (outcome.error.code === 'graph-not-found') {
      return settled({ ...json, enabled: false, status: 'deleted' });
    }
    throw outcome.error;
  }
  const graph = outcome.value;
  const instances = await instancesOf(context, graphId);
  const since = Date.parse(runsSince);
  const ofThisRun = instances.filter(({ endedAt }) => endedAt === null || Date.parse(endedAt) >= since);
  return {
    hasEnded: isOver(graph, instances, runsSince),
    toItem: async () =>
      await Promise.resolve({
        json: { ...graphItem(graph), status: 'ended', instances: ofThisRun.map(instanceItem) },
      }),
  };
}
