import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { participantField, roomField, stepField } from '../shared/descriptions';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { searchParticipants, searchRecordSteps, searchRooms } from '../shared/pickers';
import { resumeWebhooks, resumeWhenAllEnded } from '../shared/waiting';
import { recordAndWait } from './record-and-wait';
import { startFields } from './start-fields';
import { outcomeOfRecording } from './resume';
import { runRecord } from './run-record';
import { roomPicture, roomSound } from './what';

export class Record implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Record',
    name: 'record',
    icon: { light: 'file:record.svg', dark: 'file:record.dark.svg' },
    group: ['transform'],
    version: [1],
    // What is recorded is said after it, but not where it is the usual thing and the line would be too long.
    subtitle:
      '={{ ($parameter["operation"] === "startAndWait" ? "record and wait" : $parameter["operation"]) + ($parameter["what"] && $parameter["operation"] + $parameter["what"] !== "startAndWaitvideo-and-audio" ? ": " + ({ room: "everybody", "room-audio": "everybody, sound only", "video-and-audio": "audio and video", audio: "audio", "track:video": "camera", "track:audio": "microphone", "track:screen_audio": "screen sound", "track:screen_video": "screen" })[$parameter["what"]] : "") }}',
    description: 'Record a live Roomflow room, one of its participants, or one of their tracks, to a file',
    defaults: { name: 'Record' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    webhooks: resumeWebhooks,
    waitingNodeTooltip: 'Recording. The workflow goes on when the recording has ended.',
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Pause',
            value: 'pause',
            description: 'Leave out what follows, in the same file',
            action: 'Pause recording',
          },
          {
            name: 'Record and Wait',
            value: 'startAndWait',
            description: 'Start recording and go on with the file when the recording has ended',
            action: 'Record and wait',
          },
          {
            name: 'Resume',
            value: 'resume',
            description: 'Go on recording into the same file',
            action: 'Resume recording',
          },
          {
            name: 'Start',
            value: 'start',
            description: 'Start recording and go on at once',
            action: 'Start recording',
          },
          {
            name: 'Stop',
            value: 'stop',
            description: 'End a recording and give its file',
            action: 'Stop recording',
          },
        ],
        default: 'startAndWait',
      },
      {
        displayName:
          'The workflow waits until the recording ends: when the participant leaves, when the session ends, or on a Stop. With several items, until all of their recordings have ended. Waiting takes no resources and outlives a restart of n8n.',
        name: 'waitNotice',
        type: 'notice',
        default: '',
        displayOptions: { show: { operation: ['startAndWait'], '@tool': [false] } },
      },
      {
        displayName:
          'An agent cannot wait for a recording. Choose Start here, and give the agent Meeting → Recording → Get as well.',
        name: 'agentNotice',
        type: 'notice',
        default: '',
        displayOptions: { show: { operation: ['startAndWait'], '@tool': [true] } },
      },
      roomField({ displayOptions: { show: { operation: ['start', 'startAndWait'] } } }),
      participantField({
        required: false,
        description:
          'Whom to record. The triggers and Track Tap hand it on as participantId. Not used when Track Tap holds a tap.',
        displayOptions: {
          show: { operation: ['start', 'startAndWait'] },
          hide: { what: [roomPicture, roomSound] },
        },
      }),
      ...startFields,
      stepField({
        displayName: 'Recording',
        placeholder: 'Pick a running recording…',
        description: 'The recording to change. Start hands it on as stepId.',
        search: 'searchRecordSteps',
        displayOptions: { show: { operation: ['stop', 'pause', 'resume'] } },
      }),
    ],
  };

  methods = { listSearch: { searchParticipants, searchRecordSteps, searchRooms } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, operation);
    if (operation === 'startAndWait') {
      return [await recordAndWait(this)];
    }
    return [await runPerItem(this, async (itemIndex) => await runRecord(this, itemIndex, operation))];
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await resumeWhenAllEnded(this, async (json) => await outcomeOfRecording(this, json));
  }
}
