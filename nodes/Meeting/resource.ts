import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { ItemResult } from '../shared/items';

/** One resource of the Meeting node: its fields, and what each of its operations does for one item. */
export type Resource = {
  fields: INodeProperties[];
  operations: Readonly<
    Record<string, (context: IExecuteFunctions, itemIndex: number) => Promise<ItemResult[]>>
  >;
};
