import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { runPerItem } from '../shared/items';
import { searchParticipants, searchRooms } from '../shared/pickers';
import { resources } from './resources';
import { runMeeting } from './run-meeting';

export class Meeting implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Meeting',
    name: 'meeting',
    icon: { light: 'file:meeting.svg', dark: 'file:meeting.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle:
      '={{ [$parameter["operation"], $parameter["resource"]].map((name) => name.replace("getAll", "getMany").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()).join(": ") }}',
    description:
      'Work with Roomflow rooms, links, sessions, participants, messages, polls, questions and recordings',
    defaults: { name: 'Meeting' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Join Link', value: 'joinLink' },
          { name: 'Message', value: 'message' },
          { name: 'Participant', value: 'participant' },
          { name: 'Picture', value: 'picture' },
          { name: 'Poll', value: 'poll' },
          { name: 'Question', value: 'question' },
          { name: 'Recording', value: 'recording' },
          { name: 'Room', value: 'room' },
          { name: 'Session', value: 'session' },
        ],
        default: 'joinLink',
      },
      ...Object.values(resources).flatMap((resource) => resource.fields),
    ],
  };

  methods = { listSearch: { searchParticipants, searchRooms } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await runPerItem(this, async (itemIndex) => await runMeeting(this, itemIndex))];
  }
}
