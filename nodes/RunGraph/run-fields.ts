import type { INodeProperties } from 'n8n-workflow';
import { roomFilterField } from '../shared/descriptions';

const whenRun = { show: { operation: ['run'] } };

/** Where a graph runs, and whether the workflow waits for it. */
export const runFields: INodeProperties[] = [
  {
    ...roomFilterField(),
    description: 'The room in which the graph runs',
    hint: 'Leave empty to run it in every room',
    displayOptions: whenRun,
  },
  {
    displayName: 'Wait Until It Has Ended',
    name: 'wait',
    type: 'boolean',
    default: false,
    description:
      'Whether to go on only when something of the graph has run and nothing of it runs any more, as when the meeting is over. Waiting takes no resources and outlives a restart of n8n.',
    displayOptions: whenRun,
  },
  {
    displayName: 'An agent cannot wait for a meeting. Turn waiting off here, and give the agent Get, too.',
    name: 'agentNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { operation: ['run'], wait: [true], '@tool': [true] } },
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: whenRun,
    options: [
      {
        displayName: 'Include Who Is Present',
        name: 'includePresent',
        type: 'boolean',
        default: true,
        description:
          'Whether those who are in the room already, and what they send, count as having come just now',
      },
      {
        displayName: 'Limit Wait Time (Minutes)',
        name: 'limitWaitMinutes',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 240,
        description:
          'How long to wait at most. When the time is up, the workflow goes on with the status “running”; the graph is not stopped.',
        displayOptions: { show: { '/wait': [true] } },
      },
      {
        displayName: 'Replace Graph of Same Name',
        name: 'replace',
        type: 'boolean',
        default: true,
        description:
          'Whether a graph of this name for this room gives way to this one, so that nothing is done twice when the workflow runs again. What runs of it finishes as it began.',
      },
    ],
  },
];
