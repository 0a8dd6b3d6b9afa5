import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';
import { roomFilterField, speechFilterFields, triggerPanel } from '../shared/descriptions';
import { eventChoices, runEventTrigger, speechFilter, type SpeechFilters } from '../shared/events';
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
      ...speechFilterFields({ show: { events: ['transcription-text', '*'] } }),
      {
        displayName: 'Download File',
        name: 'download',
        type: 'boolean',
        default: true,
        description: 'Whether to add the utterance or picture that a Track Tap gives as binary data',
        displayOptions: { show: { events: ['tap-audio', 'tap-frame', '*'] } },
      },
      {
        displayName: 'Put Output File in Field',
        name: 'binaryProperty',
        type: 'string',
        default: 'data',
        required: true,
        hint: 'The name of the output binary field to put the file in',
        displayOptions: { show: { events: ['tap-audio', 'tap-frame', '*'], download: [true] } },
      },
    ],
  };

  methods = { listSearch: { searchRoomsOrEvery } };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const room = this.getNodeParameter('room', '', { extractValue: true }) as string;
    return await runEventTrigger(this, {
      types: this.getNodeParameter('events') as string[],
      roomId: room === '' ? undefined : room,
      accepts: speechFilter({
        finalOnly: this.getNodeParameter('finalOnly', true) === true,
        ...(this.getNodeParameter('speechFilters', {}) as SpeechFilters),
      }),
      ...(this.getNodeParameter('download', true) === true
        ? { fileProperty: this.getNodeParameter('binaryProperty', 'data') as string }
        : {}),
    });
  }
}
