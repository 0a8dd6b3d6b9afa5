import type { INodeProperties } from 'n8n-workflow';

const whenSending = { show: { operation: ['start', 'addOutput'] } };

/** Where the picture goes: platforms from the credential, and any other servers. */
export const outputFields: INodeProperties[] = [
  {
    displayName: 'Platforms',
    name: 'platforms',
    type: 'multiOptions',
    options: [
      { name: 'Facebook', value: 'facebook' },
      { name: 'Own Server', value: 'custom', description: 'The server named in the credential' },
      { name: 'Twitch', value: 'twitch' },
      { name: 'YouTube', value: 'youtube' },
    ],
    default: [],
    description: 'Platforms to go live on, with the keys of the Stream Keys credential',
    displayOptions: whenSending,
  },
  {
    displayName: 'Destinations',
    name: 'destinations',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add destination',
    default: {},
    description: 'Any other RTMP or RTMPS servers. One picture is encoded once for all of them.',
    displayOptions: whenSending,
    options: [
      {
        displayName: 'Destination',
        name: 'destination',
        values: [
          {
            displayName: 'Server URL',
            name: 'url',
            type: 'string',
            default: '',
            required: true,
            placeholder: 'e.g. rtmps://live.example.com/app',
            description: 'The address the platform gives for streaming software',
          },
          {
            displayName: 'Stream Key',
            name: 'streamKey',
            type: 'string',
            typeOptions: { password: true },
            default: '',
            description: 'May be left empty when the URL ends with it',
          },
        ],
      },
    ],
  },
];
