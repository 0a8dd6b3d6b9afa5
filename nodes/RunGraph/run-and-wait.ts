import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { startAndWait } from '../shared/waiting';
import { graphItem } from './graph-item';
import { startGraph } from './start-graph';

/** What an item holds while its graph runs; also what goes on when the time limit is reached. */
export type WaitingItem = { graphId: string; status: 'running'; runsSince: string };

export function isWaiting(json: IDataObject): json is IDataObject & WaitingItem {
  return typeof json.graphId === 'string' && json.status === 'running' && typeof json.runsSince === 'string';
}

/** Runs the graph of every item; the execution goes on when nothing of any of them runs any more. */
export async function runAndWait(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  return await startAndWait(context, {
    forAgents: {
      message: 'An agent cannot wait for a meeting',
      description: 'Turn off Wait Until It Has Ended, and give the agent Get, too.',
    },
    startOne: async (itemIndex, callbackUrl) => {
      const graph = await startGraph(context, itemIndex, callbackUrl);
      return { ...graphItem(graph), status: 'running', runsSince: graph.updatedAt };
    },
    isWaiting,
  });
}
