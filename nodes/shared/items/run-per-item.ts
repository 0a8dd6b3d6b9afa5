import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from '../transport';

/** One result or several for one incoming item; `binary` where a file goes with it. */
export type ItemResult = { json: IDataObject; binary?: IBinaryKeyData };

/** A contract type as n8n's JSON: the same value, which came out of a JSON answer. */
export function asJson(value: object): IDataObject {
  return value as IDataObject;
}

/**
 * n8n takes an item for one that did not succeed, and hands it to the error output, only when it holds no other keys
 * than `error`, `message` and `details` (handleNodeErrorOutput of n8n-core 2.40).
 */
function whatToDoKey(context: IExecuteFunctions): 'description' | 'details' {
  return context.getNode().onError === 'continueErrorOutput' ? 'details' : 'description';
}

/**
 * Runs an operation for each incoming item and pairs what comes out with what came in. With "Continue" set
 * under On Error, an item that did not succeed becomes `{ error, description }` and the others go on; with an error
 * output, it goes there as `{ error, details }`, beside what came in.
 *
 * @throws NodeApiError or NodeOperationError naming the item
 */
export async function runPerItem(
  context: IExecuteFunctions,
  operation: (itemIndex: number) => Promise<ItemResult[]>,
): Promise<INodeExecutionData[]> {
  const output: INodeExecutionData[] = [];
  const count = context.getInputData().length;
  for (let itemIndex = 0; itemIndex < count; itemIndex += 1) {
    try {
      const results = await operation(itemIndex);
      output.push(...results.map((result) => ({ ...result, pairedItem: { item: itemIndex } })));
    } catch (error) {
      const shown = toNodeError(context.getNode(), error, itemIndex);
      if (!context.continueOnFail()) {
        throw shown;
      }
      output.push({
        json: { error: shown.message, [whatToDoKey(context)]: shown.description ?? '' },
        pairedItem: { item: itemIndex },
      });
    }
  }
  return output;
}
