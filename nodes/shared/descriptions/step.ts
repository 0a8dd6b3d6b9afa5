import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** A running step: by default the one the incoming item speaks of. `search` lists the running ones. */
export function stepField(options: {
  displayName: string;
  placeholder: string;
  description: string;
  search: string;
  displayOptions: IDisplayOptions;
}): INodeProperties {
  return {
    displayName: options.displayName,
    name: 'step',
    type: 'resourceLocator',
    default: { mode: 'id', value: '={{ $json.stepId }}' },
    required: true,
    description: options.description,
    displayOptions: options.displayOptions,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: options.placeholder,
        typeOptions: { searchListMethod: options.search, searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string' },
    ],
  };
}
