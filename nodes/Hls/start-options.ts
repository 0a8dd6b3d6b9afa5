import type { INodeProperties } from 'n8n-workflow';
import { metadataOption, recordTooOption, webhookOption } from '../shared/descriptions';

/** What a Start can be told beside room and picture. */
export const startOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  default: {},
  displayOptions: { show: { operation: ['start'] } },
  options: [
    {
      displayName: 'Folder',
      name: 'dirPath',
      type: 'string',
      default: '',
      placeholder: 'e.g. webinars/spring',
      description:
        'Subfolder of the HLS folder of the runtime, for a CDN or web server to take the files from',
    },
    {
      displayName: 'Lower Qualities',
      name: 'rungs',
      type: 'multiOptions',
      options: [
        { name: 'SD (854×480)', value: 'low' },
        { name: 'HD (1280×720)', value: 'med' },
      ],
      default: ['low'],
      description: 'Smaller pictures for viewers on slow connections. Each costs an encoding of its own.',
    },
    metadataOption('stream'),
    {
      displayName: 'Playback Window (Seconds)',
      name: 'dvrSeconds',
      type: 'number',
      typeOptions: { minValue: 10, maxValue: 86400 },
      default: 3600,
      description: 'How far back viewers can go while it runs. Left out: to the beginning.',
    },
    {
      displayName: 'Protected',
      name: 'protected',
      type: 'boolean',
      default: true,
      description: 'Whether the stream can be watched only with the links that were given out',
    },
    recordTooOption,
    {
      displayName: 'Wait Until Playable',
      name: 'waitUntilPlayable',
      type: 'boolean',
      default: true,
      description: 'Whether to go on only when people can watch, some seconds after the start',
    },
    webhookOption('stream'),
  ],
};
