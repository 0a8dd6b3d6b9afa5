import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Graph } from '../../runtime/contract/index.ts';
import { readOptionalId } from '../shared/items';
import { callRuntime } from '../shared/transport';
import { givenDocument, parseDocument } from './read-document';

type Options = { includePresent?: boolean; replace?: boolean };

/**
 * Gives the runtime the graph of an item, which runs it from then on.
 *
 * @param callbackUrl called once when nothing of it runs any more
 * @throws RuntimeError `invalid-graph`, `room-not-found`
 */
export async function startGraph(
  context: IExecuteFunctions,
  itemIndex: number,
  callbackUrl?: string,
): Promise<Graph> {
  const document = parseDocument(givenDocument(context, itemIndex));
  if ('fault' in document) {
    throw new NodeOperationError(context.getNode(), 'The graph is not valid JSON', {
      itemIndex,
      description: document.fault,
    });
  }
  const { includePresent, replace = true } = context.getNodeParameter('options', itemIndex, {}) as Options;
  const roomId = readOptionalId(context, 'room', itemIndex);
  return await callRuntime<Graph>(context, {
    method: 'POST',
    path: '/v2/graphs',
    body: {
      document: document.value,
      replace,
      ...(roomId === undefined ? {} : { roomId }),
      ...(includePresent === undefined ? {} : { includePresent }),
      ...(callbackUrl === undefined ? {} : { callbackUrl }),
    },
  });
}
