import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Placement = { displayOptions?: IDisplayOptions };

/** A room from the list, by ID or by the link people join with. */
function roomLocator(list: { searchListMethod: string; placeholder: string }): INodeProperties {
  return {
    displayName: 'Room',
    name: 'room',
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: list.placeholder,
        typeOptions: { searchListMethod: list.searchListMethod, searchable: true },
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. abcd-efgh-ijkl',
        validation: [
          {
            type: 'regex',
            properties: {
              regex: '^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$',
              errorMessage: 'A room ID has 3 to 64 letters, digits, dashes and underscores',
            },
          },
        ],
      },
      {
        displayName: 'By Link',
        name: 'url',
        type: 'string',
        placeholder: 'e.g. http://127.0.0.1:7890/join/abcd-efgh-ijkl',
        extractValue: { type: 'regex', regex: '/(?:join|watch)/([A-Za-z0-9][A-Za-z0-9_-]{2,63})' },
      },
    ],
  };
}

/** The room an action works on: by default the one the incoming item speaks of. */
export function roomField(placement: Placement = {}): INodeProperties {
  return {
    ...roomLocator({ searchListMethod: 'searchRooms', placeholder: 'Pick a room…' }),
    default: { mode: 'id', value: '={{ $json.roomId }}' },
    required: true,
    description: 'The room to work on. Create Room and the triggers hand it on as roomId.',
    ...placement,
  };
}

/** The room a trigger listens to. Left empty: every room. */
export function roomFilterField(): INodeProperties {
  return {
    ...roomLocator({ searchListMethod: 'searchRoomsOrEvery', placeholder: 'Every Room' }),
    description: 'The room to listen to',
    hint: 'Leave empty to listen to every room',
  };
}
