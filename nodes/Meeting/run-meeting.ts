import type { IExecuteFunctions } from 'n8n-workflow';
import { refuseCustomCall, unknownOperation, type ItemResult } from '../shared/items';
import { resources } from './resources';

/** Runs the chosen operation for one item. */
export async function runMeeting(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const resource: string = context.getNodeParameter('resource', itemIndex);
  const operation: string = context.getNodeParameter('operation', itemIndex);
  refuseCustomCall(context, resource, operation);
  const run = resources[resource]?.operations[operation];
  if (run === undefined) {
    throw unknownOperation(context, `${resource}: ${operation}`);
  }
  return await run(context, itemIndex);
}
