import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';
import { roomFilterField, triggerPanel } from '../shared/descriptions';
import { eventChoices, runEventTrigger } from '../shared/events';
import { searchRoomsOrEvery } from '../shared/pickers';

export class MeetingEventTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Meeting Event Trigger',
    name: 'meetingEventTrigger',
    icon: { light: 'file:meetingEvent.svg', dark: 'file:meetingEvent.dark.svg' },
    group: ['trigger'],
    version: [1],
    subtitle:
      '={{ $parameter["events"].includes("*") ? "all events" : ($parameter["events"][0] || "no event").replaceAll("-", " ") + ($parameter["events"].length > 1 ? " + " + ($parameter["events"].length - 1) + " more" : "") }}',
    description: 'Start the workflow when something happens in a Roomflow room',
    eventTriggerDescription: 'Waiting for something to happen in the room',
    activationMessage: 'Each of the chosen events in the room now starts the workflow.',
    defaults: { name: 'Meeting Event Trigger' },
    triggerPanel: triggerPanel('let one of the chosen events happen in a room'),
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        options: eventChoices,
        default: ['participant-joined', 'participant-left'],
        required: true,
        description: 'The events that start the workflow',
      },
      roomFilterField(),
    ],
  };

  methods = { listSearch: { searchRoomsOrEvery } };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const room = this.getNodeParameter('room', '', { extractValue: true }) as string;
    return await runEventTrigger(this, {
      types: this.getNodeParameter('events') as string[],
      roomId: room === '' ? undefined : room,
    });
  }
}
