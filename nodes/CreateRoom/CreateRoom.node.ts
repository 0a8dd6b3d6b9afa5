import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { runPerItem } from '../shared/items';
import { createRoom } from './create-room';

export class CreateRoom implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Create Room',
    name: 'createRoom',
    icon: { light: 'file:createRoom.svg', dark: 'file:createRoom.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle: '={{ $parameter["customRoomId"] || "new room" }}',
    description: 'Create a Roomflow meeting room and a link to join it',
    defaults: { name: 'Create Room' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      {
        displayName: 'Room ID',
        name: 'customRoomId',
        type: 'string',
        default: '',
        placeholder: 'e.g. weekly-standup',
        description:
          'Your own ID for the room: 3 to 64 letters, digits, dashes and underscores. A room that has it already is used again. Leave empty to have an ID made.',
      },
      {
        displayName: 'Add Join Link',
        name: 'addJoinLink',
        type: 'boolean',
        default: true,
        description:
          'Whether to add a link with which anybody can join. For personal links use Meeting → Join Link.',
      },
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        options: [
          {
            displayName: 'Allowed Participant IDs',
            name: 'allowedParticipantIds',
            type: 'string',
            default: '',
            placeholder: 'e.g. anna, ben',
            description:
              'Participant IDs that may join, separated by commas. Leave empty for everybody with a link.',
          },
          {
            displayName: 'Close After (Minutes)',
            name: 'closeAfterMinutes',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 100000 },
            default: 480,
            description: 'How long a session may last before it is ended',
          },
          {
            displayName: 'Close Room Too',
            name: 'deactivateOnClose',
            type: 'boolean',
            default: false,
            description:
              'Whether to close the room for good, too, when the time set in Close After has passed',
          },
          {
            displayName: 'Link Expires After (Minutes)',
            name: 'expiresInMinutes',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 525600 },
            default: 1440,
            description: 'How long the join link can be used',
          },
          {
            displayName: 'Max Forwarded Speakers',
            name: 'maxForwardedSpeakers',
            type: 'number',
            typeOptions: { minValue: 0, maxValue: 1000 },
            default: 10,
            description:
              'How many microphones are sent to everybody at a time: of more, the loudest. Use 0 for all. Recordings and transcripts always have all.',
          },
          {
            displayName: 'Max Participants',
            name: 'maxParticipants',
            type: 'number',
            typeOptions: { minValue: 1, maxValue: 1000 },
            default: 50,
            description: 'How many people can be in the room at once',
          },
          {
            displayName: 'Webhook Events',
            name: 'webhookEvents',
            type: 'string',
            default: '',
            placeholder: 'e.g. session*, participant-joined',
            description:
              'Events to send to the Webhook URL, separated by commas; a trailing * stands for the rest. Leave empty for all.',
          },
          {
            displayName: 'Webhook URL',
            name: 'webhookUrl',
            type: 'string',
            default: '',
            placeholder: 'e.g. https://example.com/hook',
            description:
              'Where to send the events of this room. The triggers of this package need no webhook.',
          },
        ],
      },
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await runPerItem(this, async (itemIndex) => await createRoom(this, itemIndex))];
  }
}
