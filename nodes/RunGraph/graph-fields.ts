import type { INodeProperties } from 'n8n-workflow';

/** Which stored graph is meant, and what becomes of it. */
export const graphFields: INodeProperties[] = [
  {
    displayName: 'Graph',
    name: 'graph',
    type: 'resourceLocator',
    default: { mode: 'id', value: '={{ $json.graphId }}' },
    required: true,
    description: 'The graph to work on. Run hands it on as graphId.',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Pick a graph…',
        typeOptions: { searchListMethod: 'searchGraphs', searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string' },
    ],
    displayOptions: { show: { operation: ['get', 'stop'] } },
  },
  {
    displayName: 'End What Runs',
    name: 'endInstances',
    type: 'boolean',
    default: true,
    description:
      'Whether recordings, streams and the rest that run of the graph end now. Otherwise they go on to their own end.',
    displayOptions: { show: { operation: ['stop'] } },
  },
  {
    displayName: 'Delete',
    name: 'delete',
    type: 'boolean',
    default: false,
    description: 'Whether to delete the graph as well. What it has recorded, streamed and transcribed stays.',
    // What still runs of a graph does not outlive it.
    displayOptions: { show: { operation: ['stop'], endInstances: [true] } },
  },
];
