import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** n8n's usual pair: everything, or no more than so many. */
export function pagingFields(displayOptions: IDisplayOptions): INodeProperties[] {
  return [
    {
      displayName: 'Return All',
      name: 'returnAll',
      type: 'boolean',
      default: false,
      description: 'Whether to return all results or only up to a given limit',
      displayOptions,
    },
    {
      displayName: 'Limit',
      name: 'limit',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 50,
      description: 'Max number of results to return',
      displayOptions: { ...displayOptions, show: { ...displayOptions.show, returnAll: [false] } },
    },
  ];
}
