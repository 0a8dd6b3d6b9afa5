import type { IExecuteFunctions } from 'n8n-workflow';
import type { Graph } from '../../runtime/contract/index.ts';
import { asJson, readId, readLimit, unknownOperation, type ItemResult } from '../shared/items';
import { listFromRuntime } from '../shared/transport';
import { graphItem, instanceItem } from './graph-item';
import { getGraph, instancesOf } from './graphs';
import { startGraph } from './start-graph';
import { stopGraph } from './stop-graph';
import { validateDocument } from './validate-document';

async function get(context: IExecuteFunctions, graphId: string): Promise<ItemResult[]> {
  const graph = await getGraph(context, graphId);
  const instances = await instancesOf(context, graphId);
  const document = asJson(graph.document);
  return [{ json: { ...graphItem(graph), document, instances: instances.map(instanceItem) } }];
}

async function list(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const graphs = await listFromRuntime<Graph>(context, '/v2/graphs', {
    limit: readLimit(context, itemIndex),
    entriesOf: (data) => data,
  });
  return graphs.map((graph) => ({ json: graphItem(graph) }));
}

/** Runs an operation that does not wait, for one item. */
export async function runRunGraph(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  switch (operation) {
    case 'run':
      return [{ json: graphItem(await startGraph(context, itemIndex)) }];
    case 'validate':
      return await validateDocument(context, itemIndex);
    case 'get':
      return await get(context, readId(context, 'graph', itemIndex));
    case 'stop':
      return [{ json: await stopGraph(context, itemIndex, readId(context, 'graph', itemIndex)) }];
    case 'getAll':
      return await list(context, itemIndex);
    default:
      throw unknownOperation(context, operation);
  }
}
