import type { INodeProperties } from 'n8n-workflow';

const whenGiven = { operation: ['run', 'validate'] };

/** Records whoever joins with microphone or camera: a graph to begin with. */
const example = JSON.stringify(
  {
    version: 1,
    name: 'Record every guest',
    nodes: {
      joined: { on: 'participant-joined', where: { mode: 'SEND_AND_RECV' } },
      file: { do: 'record', from: 'joined', with: { participantId: '$joined.participantId' } },
    },
  },
  undefined,
  2,
);

/** The graph itself: typed in, or what the item brings. */
export const documentFields: INodeProperties[] = [
  {
    displayName: 'Document',
    name: 'documentFrom',
    type: 'options',
    options: [
      { name: 'Define Below', value: 'parameters', description: 'The document as JSON' },
      { name: 'From Field of Item', value: 'field', description: 'A field of the incoming item holds it' },
    ],
    default: 'parameters',
    description: 'Where the graph document comes from',
    displayOptions: { show: whenGiven },
  },
  {
    displayName: 'Graph',
    name: 'document',
    type: 'json',
    typeOptions: { rows: 14 },
    default: example,
    required: true,
    description:
      'The graph document: what happens in a room (<code>on</code>), and what is to be done then (<code>do</code>)',
    hint: 'roomflow graph from-workflow makes one of the media part of a workflow',
    displayOptions: { show: { ...whenGiven, documentFrom: ['parameters'] } },
  },
  {
    displayName: 'Field',
    name: 'documentField',
    type: 'string',
    default: 'document',
    required: true,
    description: 'The field of the item that holds the document, as an object or as JSON',
    displayOptions: { show: { ...whenGiven, documentFrom: ['field'] } },
  },
];
