import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** The participant an action works on: by default the one the incoming item speaks of. */
export function participantField(placement: {
  displayOptions?: IDisplayOptions;
  required: boolean;
  description?: string;
}): INodeProperties {
  return {
    displayName: 'Participant',
    name: 'participant',
    type: 'resourceLocator',
    default: { mode: 'id', value: '={{ $json.participantId }}' },
    description: 'The participant to work on. The triggers hand it on as participantId.',
    typeOptions: { loadOptionsDependsOn: ['room.value'] },
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Pick a participant…',
        typeOptions: { searchListMethod: 'searchParticipants', searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. 7ffa30407bf6',
      },
    ],
    ...placement,
  };
}
