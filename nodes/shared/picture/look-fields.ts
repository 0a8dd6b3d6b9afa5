import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** How people are laid out: the one choice that is always in sight. */
export function layoutField(displayOptions: IDisplayOptions): INodeProperties {
  return {
    displayName: 'Layout',
    name: 'layout',
    type: 'options',
    options: [
      { name: 'Grid', value: 'GRID', description: 'Everybody alike; a shared screen takes the main place' },
      {
        name: 'Sidebar',
        value: 'SIDEBAR',
        description: 'One person or screen large, the others in a column',
      },
      { name: 'Spotlight', value: 'SPOTLIGHT', description: 'One person or screen alone' },
    ],
    default: 'GRID',
    description: 'How people are laid out in the picture',
    displayOptions,
  };
}

const pictureSize: INodeProperties[] = [
  {
    displayName: 'Orientation',
    name: 'orientation',
    type: 'options',
    options: [
      { name: 'Landscape', value: 'landscape' },
      { name: 'Portrait', value: 'portrait' },
    ],
    default: 'landscape',
    description: 'Whether the picture is wider than high',
  },
  {
    displayName: 'Quality',
    name: 'quality',
    type: 'options',
    options: [
      { name: 'SD (854×480)', value: 'low' },
      { name: 'HD (1280×720)', value: 'med' },
      { name: 'Full HD (1920×1080)', value: 'high' },
    ],
    default: 'med',
    description: 'Size of the picture. Streams and recordings of the same quality cost one encoding.',
  },
];

const look: INodeProperties[] = [
  {
    displayName: 'Background Color',
    name: 'backgroundColor',
    type: 'color',
    default: '#101218',
    description: 'What shows between and behind people',
  },
  {
    displayName: 'Background Image URL',
    name: 'backgroundImageUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/background.jpg',
    description: 'An image behind everybody: PNG, JPEG, WebP or SVG. The runtime fetches it once.',
  },
  {
    displayName: 'Clock',
    name: 'clock',
    type: 'boolean',
    default: false,
    description: 'Whether to show the time of day in a corner',
  },
  {
    displayName: 'Most People Shown',
    name: 'gridSize',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: 25 },
    default: 25,
    description: 'How many people are in the picture at a time. Whoever speaks is among them.',
  },
  {
    displayName: 'Names',
    name: 'labels',
    type: 'boolean',
    default: true,
    description: 'Whether to show names, and a mark when a microphone is muted',
  },
  {
    displayName: 'Priority',
    name: 'priority',
    type: 'options',
    options: [
      { name: 'Pinned', value: 'PIN', description: 'Whoever is pinned, with Meeting → Picture → Pin' },
      { name: 'Speaker', value: 'SPEAKER', description: 'Whoever speaks' },
    ],
    default: 'SPEAKER',
    description: 'Who comes first',
  },
  {
    displayName: 'Theme',
    name: 'theme',
    type: 'options',
    options: [
      { name: 'Dark', value: 'DARK' },
      { name: 'Default', value: 'DEFAULT' },
      { name: 'Light', value: 'LIGHT' },
    ],
    default: 'DEFAULT',
    description: 'Colors of background and names',
  },
  {
    displayName: 'Watermark Image URL',
    name: 'watermarkImageUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/logo.png',
    description: 'An image in a corner: PNG, JPEG, WebP or SVG. The runtime fetches it once.',
  },
  {
    displayName: 'Watermark Position',
    name: 'watermarkPosition',
    type: 'options',
    options: [
      { name: 'Bottom Left', value: 'bottom-left' },
      { name: 'Bottom Right', value: 'bottom-right' },
      { name: 'Center', value: 'center' },
      { name: 'Top Left', value: 'top-left' },
      { name: 'Top Right', value: 'top-right' },
    ],
    default: 'top-right',
    description: 'Where the watermark image or text is',
  },
  {
    displayName: 'Watermark Text',
    name: 'watermarkText',
    type: 'string',
    default: '',
    placeholder: 'e.g. Live from Vienna',
    description: 'A line of text over the picture',
  },
];

const byName = (fields: INodeProperties[]): INodeProperties[] =>
  [...fields].sort((a, b) => a.displayName.localeCompare(b.displayName));

/** What a new picture can look like. */
export function pictureField(displayOptions: IDisplayOptions): INodeProperties {
  return {
    displayName: 'Picture',
    name: 'picture',
    type: 'collection',
    placeholder: 'Add to picture',
    default: {},
    displayOptions,
    options: byName([...pictureSize, ...look]),
  };
}

/** What of a running picture can be changed: everything but its size. */
export function lookField(displayOptions: IDisplayOptions): INodeProperties {
  return {
    displayName: 'Picture',
    name: 'picture',
    type: 'collection',
    placeholder: 'Change in picture',
    default: {},
    description: 'What is not named here stays as it is',
    displayOptions,
    options: byName(look),
  };
}
