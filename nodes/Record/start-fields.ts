import type { INodeProperties } from 'n8n-workflow';
import { metadataOption, webhookOption } from '../shared/descriptions';
import { layoutField, pictureField } from '../shared/picture';
import { roomPicture, roomSound } from './what';

const whenStarting = { show: { operation: ['start', 'startAndWait'] } };
const whenWaiting = { show: { operation: ['startAndWait'] } };

/** What Start and Record and Wait ask for beside room and participant. */
export const startFields: INodeProperties[] = [
  {
    displayName: 'Track Tap',
    name: 'tap',
    type: 'string',
    default: '={{ $json.step === "tap" ? $json.stepId : "" }}',
    placeholder: 'stepId of a Track Tap',
    description:
      'The stepId of a running Track Tap to record from. By default that of the Track Tap before this node; when empty, the participant is recorded directly.',
    displayOptions: { ...whenStarting, hide: { what: [roomPicture, roomSound] } },
  },
  {
    displayName: 'What to Record',
    name: 'what',
    type: 'options',
    options: [
      { name: 'Audio and Video', value: 'video-and-audio', description: 'Microphone and camera in one file' },
      { name: 'Audio Only', value: 'audio', description: 'The microphone' },
      { name: 'Camera Track', value: 'track:video', description: 'The camera as a track of its own' },
      {
        name: 'Everybody',
        value: roomPicture,
        description: 'The whole room in one picture and one mix',
      },
      { name: 'Everybody, Sound Only', value: roomSound, description: 'The mix of the whole room' },
      { name: 'Microphone Track', value: 'track:audio', description: 'The microphone as a track of its own' },
      {
        name: 'Screen Sound Track',
        value: 'track:screen_audio',
        description: 'The sound of a shared screen',
      },
      { name: 'Screen Track', value: 'track:screen_video', description: 'The picture of a shared screen' },
    ],
    default: 'video-and-audio',
    description: 'What goes into the file',
    displayOptions: whenStarting,
  },
  layoutField({ show: { operation: ['start', 'startAndWait'], what: [roomPicture] } }),
  pictureField({ show: { operation: ['start', 'startAndWait'], what: [roomPicture] } }),
  {
    displayName: 'Download File',
    name: 'download',
    type: 'boolean',
    default: false,
    description:
      'Whether to add the file itself as binary data. Its link and facts are always there, and lighter to pass on.',
    displayOptions: whenWaiting,
  },
  {
    displayName: 'Put Output File in Field',
    name: 'binaryProperty',
    type: 'string',
    default: 'data',
    required: true,
    hint: 'The name of the output binary field to put the file in',
    displayOptions: { show: { operation: ['startAndWait'], download: [true] } },
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: whenStarting,
    options: [
      {
        displayName: 'File Format',
        name: 'fileFormat',
        type: 'options',
        options: [
          {
            name: 'By Codec',
            value: '',
            description: 'WebM for VP8, MP4 for H.264 and the room, Ogg or M4A for audio alone',
          },
          { name: 'M4A', value: 'm4a', description: 'Sound of the room' },
          { name: 'Matroska', value: 'mkv' },
          { name: 'MP3', value: 'mp3', description: 'Sound of the room' },
          { name: 'MP4', value: 'mp4' },
          { name: 'Ogg', value: 'ogg' },
          { name: 'WebM', value: 'webm' },
        ],
        default: '',
        description:
          'The container of the file. What a participant sends is never transcoded, so it has to suit the codecs.',
      },
      {
        displayName: 'Folder',
        name: 'folder',
        type: 'string',
        default: '',
        placeholder: 'e.g. interviews/2026',
        description: 'Subfolder of the recordings folder of the runtime',
      },
      {
        displayName: 'Limit Wait Time (Minutes)',
        name: 'limitWaitMinutes',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 240,
        description:
          'How long to wait at most. When the time is up, the workflow goes on with the status “running” and no file; the recording itself is not stopped.',
        displayOptions: { show: { '/operation': ['startAndWait'] } },
      },
      metadataOption('recording'),
      {
        displayName: 'Wait for Media (Seconds)',
        name: 'waitForMedia',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: 120 },
        default: 15,
        description:
          'How long to wait for the track to be turned on, when one track is recorded on its own. Audio and Video, and Audio Only, begin with whatever is turned on first.',
      },
      webhookOption('recording'),
    ],
  },
];
