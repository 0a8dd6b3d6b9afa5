import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const kinds = [
  { name: 'Camera', value: 'video' },
  { name: 'Microphone', value: 'audio' },
  { name: 'Screen', value: 'screen_video' },
  { name: 'Screen Sound', value: 'screen_audio' },
];

const when = (mode: string): IDisplayOptions => ({
  show: { operation: ['start'], mode: [mode] },
});

/** What becomes of the tapped tracks, and how. */
export const modeFields: INodeProperties[] = [
  {
    displayName: 'What to Do',
    name: 'mode',
    type: 'options',
    options: [
      {
        name: 'Hold for Other Nodes',
        value: 'hold',
        description: 'Record takes the media from the tap, or outside code opens it as a stream',
      },
      {
        name: 'Pictures as Events',
        value: 'frames',
        description: 'Camera or screen as JPEG, every so often or whenever it changes',
      },
      { name: 'Send as RTP', value: 'rtp', description: 'The tracks as they came, to an address' },
      { name: 'Utterances as Events', value: 'utterances', description: 'Each thing said, as a WAV file' },
    ],
    default: 'hold',
    description: 'What becomes of the tapped tracks',
    displayOptions: { show: { operation: ['start'] } },
  },
  {
    displayName:
      'To receive the files, add a <b>Meeting Event Trigger</b> with the event <b>Tap Audio</b> to a workflow: it starts with each utterance, the WAV file in its item.',
    name: 'utterancesNotice',
    type: 'notice',
    default: '',
    displayOptions: when('utterances'),
  },
  {
    displayName:
      'To receive the pictures, add a <b>Meeting Event Trigger</b> with the event <b>Tap Frame</b> to a workflow: it starts with each picture, the JPEG file in its item.',
    name: 'framesNotice',
    type: 'notice',
    default: '',
    displayOptions: when('frames'),
  },
  {
    displayName: 'Tracks',
    name: 'kinds',
    type: 'multiOptions',
    options: kinds,
    default: ['audio', 'video'],
    required: true,
    description: 'Which tracks of the participant to tap. Tracks that are turned on later are taken up, too.',
    displayOptions: when('hold'),
  },
  {
    displayName: 'Picture Of',
    name: 'pictureOf',
    type: 'options',
    options: [
      { name: 'Camera', value: 'video' },
      { name: 'Screen', value: 'screen_video' },
    ],
    default: 'screen_video',
    description: 'What to take pictures of. It need not be turned on yet.',
    displayOptions: when('frames'),
  },
  {
    displayName: 'Every (Seconds)',
    name: 'everySeconds',
    type: 'number',
    typeOptions: { minValue: 0, maxValue: 3600, numberPrecision: 1 },
    default: 10,
    description: 'How often to take a picture, from 0.2 seconds on. 0: only when the picture changes.',
    displayOptions: when('frames'),
  },
  {
    displayName: 'On Scene Change',
    name: 'onSceneChange',
    type: 'boolean',
    default: false,
    description: 'Whether to take a picture whenever it has become another, as with the next slide',
    displayOptions: when('frames'),
  },
  {
    displayName: 'Destinations',
    name: 'destinations',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    default: { destination: [{}] },
    placeholder: 'Add destination',
    description: 'Where to send which track',
    displayOptions: when('rtp'),
    options: [
      {
        displayName: 'Destination',
        name: 'destination',
        values: [
          {
            displayName: 'Track',
            name: 'kind',
            type: 'options',
            options: kinds,
            default: 'audio',
            description: 'Which track to send; Opus, VP8 or H.264, as it came',
          },
          {
            displayName: 'Host',
            name: 'host',
            type: 'string',
            default: '',
            required: true,
            placeholder: 'e.g. 192.0.2.10',
            description: 'Where the packets go, as seen from the runtime',
          },
          {
            displayName: 'Port',
            name: 'port',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 65535 },
            default: 5004,
            description: 'The UDP port',
          },
          {
            displayName: 'Payload Type',
            name: 'payloadType',
            type: 'number',
            typeOptions: { minValue: 0, maxValue: 127 },
            default: 0,
            description: 'The number that stands for the codec in the packets. 0: chosen by the runtime.',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Options',
    name: 'utteranceOptions',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: when('utterances'),
    options: [
      {
        displayName: 'Longest (Seconds)',
        name: 'maxSeconds',
        type: 'number',
        typeOptions: { minValue: 1, maxValue: 300 },
        default: 30,
        description: 'Longer utterances are cut',
      },
      {
        displayName: 'Shortest (Seconds)',
        name: 'minSeconds',
        type: 'number',
        typeOptions: { minValue: 0.1, maxValue: 60, numberPrecision: 1 },
        default: 0.5,
        description: 'Shorter utterances are left out',
      },
    ],
  },
  {
    displayName: 'Options',
    name: 'frameOptions',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: when('frames'),
    options: [
      {
        displayName: 'Widest (Pixels)',
        name: 'maxWidth',
        type: 'number',
        typeOptions: { minValue: 64, maxValue: 3840 },
        default: 1280,
        description: 'Wider pictures are scaled down',
      },
    ],
  },
];
