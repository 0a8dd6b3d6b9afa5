import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';
import { roomFilterField, triggerPanel } from '../shared/descriptions';
import { runEventTrigger } from '../shared/events';
import { searchRoomsOrEvery } from '../shared/pickers';
import { joinFilter, type JoinFilters } from './join-filter';

export class ParticipantJoinedTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Participant Joined Trigger',
    name: 'participantJoinedTrigger',
    icon: { light: 'file:participantJoined.svg', dark: 'file:participantJoined.dark.svg' },
    group: ['trigger'],
    version: [1],
    // Of a link its room, and of a name from the list not how many were in the room when it was picked.
    subtitle:
      '={{ ($parameter["room"]["cachedResultName"] || $parameter["room"]["value"] || "every room").split("/join/").pop().split("?")[0].split(" (")[0] }}',
    description: 'Start the workflow when somebody joins a Roomflow room',
    eventTriggerDescription: 'Waiting for somebody to join',
    activationMessage: 'Each participant who joins now starts the workflow.',
    defaults: { name: 'Participant Joined' },
    triggerPanel: triggerPanel('join a room in a browser'),
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      roomFilterField(),
      {
        displayName: 'Filters',
        name: 'filters',
        type: 'collection',
        placeholder: 'Add filter',
        default: {},
        options: [
          {
            displayName: 'Hosts Only',
            name: 'hostsOnly',
            type: 'boolean',
            default: true,
            description: 'Whether only those who may moderate start the workflow',
          },
          {
            displayName: 'Mode',
            name: 'modes',
            type: 'multiOptions',
            options: [
              { name: 'Sends and Receives', value: 'SEND_AND_RECV' },
              { name: 'Signalling Only', value: 'SIGNALLING_ONLY' },
              { name: 'Views Only', value: 'RECV_ONLY' },
            ],
            default: ['SEND_AND_RECV'],
            description: 'Only participants who joined in one of these modes',
          },
          {
            displayName: 'Name Contains',
            name: 'nameContains',
            type: 'string',
            default: '',
            description: 'Only participants whose name contains this, in upper or lower case',
          },
        ],
      },
    ],
  };

  methods = { listSearch: { searchRoomsOrEvery } };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const room = this.getNodeParameter('room', '', { extractValue: true }) as string;
    return await runEventTrigger(this, {
      types: ['participant-joined'],
      roomId: room === '' ? undefined : room,
      accepts: joinFilter(this.getNodeParameter('filters', {}) as JoinFilters),
    });
  }
}
