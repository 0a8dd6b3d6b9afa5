import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { participantField, roomField, stepField } from '../shared/descriptions';
import { runPerItem } from '../shared/items';
import { searchParticipants, searchRooms, searchTaps } from '../shared/pickers';
import { modeFields } from './mode-fields';
import { runTrackTap } from './run-track-tap';

export class TrackTap implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Track Tap',
    name: 'trackTap',
    icon: { light: 'file:trackTap.svg', dark: 'file:trackTap.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle:
      '={{ ({ getAll: "get many taps", start: "start", stop: "stop" })[$parameter["operation"]] + ($parameter["operation"] !== "start" ? "" : ": " + ({ utterances: "utterances", frames: $parameter["pictureOf"] === "video" ? "pictures of camera" : "pictures of screen", rtp: "RTP" }[$parameter["mode"]] || ($parameter["kinds"] || []).map((kind) => ({ audio: "microphone", video: "camera", screen_audio: "screen sound", screen_video: "screen" })[kind]).join(", "))) }}',
    description: 'Take hold of the microphone, camera or screen of a participant in a live Roomflow room',
    defaults: { name: 'Track Tap' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Get Many',
            value: 'getAll',
            description: 'List the taps of a room',
            action: 'Get many taps',
          },
          {
            name: 'Start',
            value: 'start',
            description:
              'Tap tracks of a participant: for Record, as utterances or pictures that start workflows, or as RTP',
            action: 'Start tap',
          },
          { name: 'Stop', value: 'stop', description: 'Let go of the tapped tracks', action: 'Stop tap' },
        ],
        default: 'start',
      },
      roomField({ displayOptions: { show: { operation: ['start', 'getAll'] } } }),
      participantField({ required: true, displayOptions: { show: { operation: ['start'] } } }),
      ...modeFields,
      stepField({
        displayName: 'Tap',
        placeholder: 'Pick a running tap…',
        description: 'The tap to stop. Start hands it on as stepId.',
        search: 'searchTaps',
        displayOptions: { show: { operation: ['stop'] } },
      }),
      {
        displayName: 'Only Running',
        name: 'onlyRunning',
        type: 'boolean',
        default: true,
        description: 'Whether to leave out taps that have ended',
        displayOptions: { show: { operation: ['getAll'] } },
      },
    ],
  };

  methods = { listSearch: { searchParticipants, searchRooms, searchTaps } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await runPerItem(this, async (itemIndex) => await runTrackTap(this, itemIndex))];
  }
}
