import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** Which of what is said starts a workflow. */
export function speechFilterFields(displayOptions?: IDisplayOptions): INodeProperties[] {
  const placement = displayOptions === undefined ? {} : { displayOptions };
  return [
    {
      displayName: 'Final Results Only',
      name: 'finalOnly',
      type: 'boolean',
      default: true,
      description:
        'Whether to wait until somebody has finished what they say. Interim results come while they speak, and only from a transcription that was told to make events of them.',
      ...placement,
    },
    {
      displayName: 'Speech Filters',
      name: 'speechFilters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      ...placement,
      options: [
        {
          displayName: 'Not Said By',
          name: 'notSaidBy',
          type: 'string',
          default: '',
          placeholder: 'e.g. assistant',
          description:
            'Names or participant IDs, separated by commas, whose speech is left out: those as whom Play speaks, so that a workflow does not answer itself',
        },
        {
          displayName: 'Speaker Contains',
          name: 'speakerContains',
          type: 'string',
          default: '',
          description:
            'Only what somebody says whose name contains this, in upper or lower case, or whose participant ID it is',
        },
        {
          displayName: 'Text Contains',
          name: 'textContains',
          type: 'string',
          default: '',
          placeholder: 'e.g. refund, cancel my contract',
          description:
            'Only what contains this, in upper or lower case. Several keywords, separated by commas: any of them.',
        },
      ],
    },
  ];
}
