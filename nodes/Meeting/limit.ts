import type { IExecuteFunctions } from 'n8n-workflow';

/** How many entries a Get Many is to give. */
export function readLimit(context: IExecuteFunctions, itemIndex: number): number {
  const returnAll = context.getNodeParameter('returnAll', itemIndex, false) === true;
  return returnAll ? Number.POSITIVE_INFINITY : context.getNodeParameter('limit', itemIndex, 50);
}
