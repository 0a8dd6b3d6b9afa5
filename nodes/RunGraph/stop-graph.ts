import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Graph } from '../../runtime/contract/index.ts';
import { attemptRuntime, callRuntime } from '../shared/transport';
import { graphItem } from './graph-item';
import { getGraph, graphPath, hasEnded, instancesOf } from './graphs';

/** Ends one instance; one that has just ended by itself is as well. */
async function endInstance(context: IExecuteFunctions, instanceId: string): Promise<void> {
  const outcome = await attemptRuntime(context, {
    method: 'POST',
    path: `/v2/graph-instances/${encodeURIComponent(instanceId)}/stop`,
  });
  if ('error' in outcome && outcome.error.code !== 'graph-instance-ended') {
    throw outcome.error;
  }
}

/**
 * Has a graph start nothing more, then ends what runs of it where that is wanted, and deletes it then where that is.
 *
 * @throws RuntimeError `graph-not-found`
 */
export async function stopGraph(
  context: IExecuteFunctions,
  itemIndex: number,
  graphId: string,
): Promise<IDataObject> {
  // First, so that nothing begins while the rest is being ended.
  await callRuntime<Graph>(context, { method: 'POST', path: `${graphPath(graphId)}/disable` });
  const running = (await instancesOf(context, graphId)).filter((instance) => !hasEnded(instance));
  const isToEnd = context.getNodeParameter('endInstances', itemIndex, true) === true;
  if (isToEnd) {
    // All at once: each may take seconds to finish its files.
    await Promise.all(running.map(async ({ instanceId }) => await endInstance(context, instanceId)));
  }
  const ended = { endedInstances: isToEnd ? running.map(({ instanceId }) => instanceId) : [] };
  const graph = await getGraph(context, graphId);
  if (!isToEnd || context.getNodeParameter('delete', itemIndex, false) !== true) {
    return { ...graphItem(graph), ...ended };
  }
  await callRuntime(context, { method: 'DELETE', path: graphPath(graphId) });
  return { ...graphItem(graph), ...ended, deleted: true };
}
