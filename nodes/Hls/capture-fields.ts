import type { INodeProperties } from 'n8n-workflow';

const whenCapturing = { show: { operation: ['capture'] } };

/** What a Capture asks for. */
export const captureFields: INodeProperties[] = [
  {
    displayName: 'Download File',
    name: 'download',
    type: 'boolean',
    default: true,
    description: 'Whether to add the picture itself as binary data, beside its link',
    displayOptions: whenCapturing,
  },
  {
    displayName: 'Put Output File in Field',
    name: 'binaryProperty',
    type: 'string',
    default: 'data',
    required: true,
    hint: 'The name of the output binary field to put the file in',
    displayOptions: { show: { operation: ['capture'], download: [true] } },
  },
  {
    displayName: 'Options',
    name: 'captureOptions',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: whenCapturing,
    options: [
      {
        displayName: 'Format',
        name: 'format',
        type: 'options',
        options: [
          { name: 'JPEG', value: 'jpg' },
          { name: 'PNG', value: 'png' },
          { name: 'WebP', value: 'webp' },
        ],
        default: 'jpg',
        description: 'The kind of image file',
      },
      {
        displayName: 'Height',
        name: 'height',
        type: 'number',
        typeOptions: { minValue: 16, maxValue: 2160 },
        default: 720,
        description: 'In pixels; by the width when left out',
      },
      {
        displayName: 'Time (Seconds)',
        name: 'time',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 0,
        description: 'Seconds since the start of the stream. Left out: the picture of now.',
      },
      {
        displayName: 'Width',
        name: 'width',
        type: 'number',
        typeOptions: { minValue: 16, maxValue: 3840 },
        default: 1280,
        description: 'In pixels; by the height when left out',
      },
    ],
  },
];
