import {
  NodeConnectionTypes,
  type INodeType,
  type INodeTypeDescription,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';
import { roomFilterField, speechFilterFields, triggerPanel } from '../shared/descriptions';
import { runEventTrigger, speechFilter, type SpeechFilters } from '../shared/events';
import { searchRoomsOrEvery } from '../shared/pickers';

export class TranscriptTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Transcript Trigger',
    name: 'transcriptTrigger',
    icon: { light: 'file:transcript.svg', dark: 'file:transcript.dark.svg' },
    group: ['trigger'],
    version: [1],
    // Of a link its room, and of a name from the list not how many were in the room when it was picked.
    subtitle:
      '={{ ($parameter["room"]["cachedResultName"] || $parameter["room"]["value"] || "every room").split("/join/").pop().split("?")[0].split(" (")[0] }}',
    description: 'Start the workflow when somebody has said something in a Roomflow room',
    eventTriggerDescription: 'Waiting for somebody to speak',
    activationMessage: 'Each thing said in a room that is transcribed now starts the workflow.',
    defaults: { name: 'Transcript' },
    triggerPanel: triggerPanel('say something in a room that is transcribed'),
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      {
        displayName:
          'Only rooms that are being transcribed are heard: start that with the <b>Transcribe</b> node, for example when somebody joins.',
        name: 'transcribeNotice',
        type: 'notice',
        default: '',
      },
      roomFilterField(),
      ...speechFilterFields(),
    ],
  };

  methods = { listSearch: { searchRoomsOrEvery } };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const room = this.getNodeParameter('room', '', { extractValue: true }) as string;
    return await runEventTrigger(this, {
      types: ['transcription-text'],
      roomId: room === '' ? undefined : room,
      accepts: speechFilter({
        finalOnly: this.getNodeParameter('finalOnly', true) === true,
        ...(this.getNodeParameter('speechFilters', {}) as SpeechFilters),
      }),
    });
  }
}
