import type { INodeProperties } from 'n8n-workflow';
import { metadataOption } from '../shared/descriptions';

const whenPlaying = { show: { operation: ['speak', 'playUrl', 'playBinary'] } };

/** What the operations ask for beside the room. */
export const playFields: INodeProperties[] = [
  {
    displayName: 'Text',
    name: 'text',
    type: 'string',
    typeOptions: { rows: 4 },
    default: '={{ $json.output ?? $json.text ?? "" }}',
    required: true,
    description: 'What to say. By default what an AI Agent before this node has answered.',
    displayOptions: { show: { operation: ['speak'] } },
  },
  {
    displayName: 'Voice',
    name: 'voice',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    description: 'The voice to speak with',
    hint: 'Leave empty for the default voice of the runtime',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Default Voice',
        typeOptions: { searchListMethod: 'searchVoices', searchable: true },
      },
      { displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. flite/slt' },
    ],
    displayOptions: { show: { operation: ['speak'] } },
  },
  {
    displayName: 'URL',
    name: 'url',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. https://example.com/jingle.mp3',
    description: 'Where the sound or film is. The runtime fetches it.',
    displayOptions: { show: { operation: ['playUrl'] } },
  },
  {
    displayName: 'Input Binary Field',
    name: 'binaryProperty',
    type: 'string',
    default: 'data',
    required: true,
    hint: 'The name of the input field containing the file to be played',
    displayOptions: { show: { operation: ['playBinary'] } },
  },
  {
    displayName: 'Wait Until Finished',
    name: 'wait',
    type: 'boolean',
    default: true,
    description: 'Whether to go on only when it has been heard to its end, was interrupted or stopped',
    displayOptions: whenPlaying,
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: whenPlaying,
    options: [
      {
        displayName: 'Interrupt What Is Playing',
        name: 'interrupt',
        type: 'boolean',
        default: true,
        description:
          'Whether to end what this participant is playing, and what waits behind it, instead of waiting for its end',
      },
      metadataOption('play'),
      {
        displayName: 'Name in the Room',
        name: 'name',
        type: 'string',
        default: 'Assistant',
        description: 'What the others see as the name of the one who speaks',
      },
      {
        displayName: 'Participant ID',
        name: 'participantId',
        type: 'string',
        default: '',
        placeholder: 'e.g. assistant',
        description:
          'As whom to play. Plays of one participant wait for each other; those of several are heard at once.',
      },
      {
        displayName: 'Stay in the Room',
        name: 'stay',
        type: 'boolean',
        default: true,
        description:
          'Whether the participant stays when all is played, instead of leaving after some seconds',
      },
      {
        displayName: 'Stop When Somebody Speaks',
        name: 'bargeIn',
        type: 'boolean',
        default: true,
        description: 'Whether to fall silent as soon as somebody in the room speaks',
      },
    ],
  },
  {
    displayName: 'Participant ID',
    name: 'stopParticipantId',
    type: 'string',
    default: '',
    placeholder: 'e.g. assistant',
    description: 'Whose plays to end. Left empty: all that are played in the room.',
    displayOptions: { show: { operation: ['stop'] } },
  },
];
