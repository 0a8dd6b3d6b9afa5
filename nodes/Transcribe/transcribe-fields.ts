import type { INodeProperties } from 'n8n-workflow';
import { metadataOption, roomField, webhookOption } from '../shared/descriptions';

const starting = ['start', 'startAndWait'];
/** Operations that give a transcript rather than what has just been started. */
const giving = ['get', 'stop', 'startAndWait'];

/** What is worked on. */
export const subjectFields: INodeProperties[] = [
  roomField({ displayOptions: { show: { resource: ['realtime'], operation: [...starting, 'stop'] } } }),
  {
    displayName: 'Recording ID',
    name: 'recording',
    type: 'string',
    default: '={{ $json.recordingId }}',
    required: true,
    description:
      'The recording to transcribe: of a participant, of everybody, or a merge. Record hands it on as recordingId.',
    displayOptions: { show: { resource: ['post'], operation: starting } },
  },
  {
    displayName: 'Transcription',
    name: 'transcription',
    type: 'resourceLocator',
    default: { mode: 'id', value: '={{ $json.transcriptionId }}' },
    required: true,
    description: 'The transcription to get. Start and the triggers hand it on as transcriptionId.',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Pick a transcription…',
        typeOptions: { searchListMethod: 'searchTranscriptions', searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. trn_4bZ0xq1mJk3f' },
    ],
    displayOptions: { show: { operation: ['get'] } },
  },
];

/** With what it is transcribed, and what is made of it. */
export const engineFields: INodeProperties[] = [
  {
    displayName: 'Engine',
    name: 'engine',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    description: 'The recogniser that turns speech into text',
    hint: 'Leave empty for the default engine of the runtime',
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Default Engine',
        typeOptions: { searchListMethod: 'searchEngines', searchable: true },
      },
      { displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. pocketsphinx' },
    ],
    displayOptions: { show: { operation: starting } },
  },
  {
    displayName:
      'The built-in engine, <code>pocketsphinx</code>, works offline and for US English only, and its accuracy is modest. For real meetings set up another on the runtime: a server with the API of OpenAI (OpenAI, Groq, faster-whisper, whisper.cpp), Deepgram, or a sherpa-onnx model.',
    name: 'engineNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { operation: starting } },
  },
  {
    displayName: 'Summary',
    name: 'summary',
    type: 'boolean',
    default: false,
    description:
      'Whether to have the finished transcript summarised by the language model that the runtime is set up with',
    displayOptions: { show: { operation: starting } },
  },
  {
    displayName: 'Summary Prompt',
    name: 'summaryPrompt',
    type: 'string',
    typeOptions: { rows: 3 },
    default: '',
    placeholder: 'e.g. List decisions, and who does what until when',
    description: 'What to ask of the model. Left empty: a short summary with decisions and tasks.',
    displayOptions: { show: { operation: starting, summary: [true] } },
  },
];

/** What the item holds in the end. */
export const outputFields: INodeProperties[] = [
  {
    displayName: 'Include Segments',
    name: 'includeSegments',
    type: 'boolean',
    default: false,
    description:
      'Whether to add what was said as a list as well: who, when, and with which words. The text is always there.',
    displayOptions: { show: { operation: giving } },
  },
  {
    displayName: 'Files',
    name: 'files',
    type: 'multiOptions',
    options: [
      { name: 'JSON', value: 'json', description: 'Everything, with words and their times' },
      { name: 'Plain Text', value: 'txt', description: 'Who has said what, to be read' },
      { name: 'SubRip (SRT)', value: 'srt', description: 'Subtitles for most players' },
      { name: 'Table (TSV)', value: 'tsv', description: 'One line a segment, for spreadsheets' },
      { name: 'WebVTT', value: 'vtt', description: 'Subtitles for web pages' },
    ],
    default: [],
    description:
      'Files of the transcript to add as binary data, each in the field of its format: <code>srt</code>, <code>vtt</code>. Their links are always there.',
    displayOptions: { show: { operation: giving } },
  },
];

/** What a start can be told beside. */
export const startOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  displayOptions: { show: { operation: starting } },
  options: [
    {
      displayName: 'Interim Results as Events',
      name: 'interimEvents',
      type: 'boolean',
      default: true,
      description:
        'Whether the triggers can also receive what is being said and may still change. People in the room see it in any case.',
      displayOptions: { show: { '/resource': ['realtime'] } },
    },
    {
      displayName: 'Language',
      name: 'language',
      type: 'string',
      default: '',
      placeholder: 'e.g. en-US',
      description: 'The language that is spoken. Left out: the engine’s own, or what it hears.',
    },
    {
      displayName: 'Limit Wait Time (Minutes)',
      name: 'limitWaitMinutes',
      type: 'number',
      typeOptions: { minValue: 1 },
      default: 240,
      description:
        'How long to wait at most. When the time is up, the workflow goes on with the status “running” and without a transcript; transcribing is not stopped.',
      displayOptions: { show: { '/operation': ['startAndWait'] } },
    },
    metadataOption('transcription'),
    {
      displayName: 'Participant IDs',
      name: 'participantIds',
      type: 'string',
      default: '',
      placeholder: 'e.g. anna, ben',
      description:
        'Whom to transcribe, separated by commas. Left empty: everybody, whoever comes later included.',
      displayOptions: { show: { '/resource': ['realtime'] } },
    },
    webhookOption('transcription'),
  ],
};
