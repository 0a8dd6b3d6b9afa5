import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { roomField } from '../shared/descriptions';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { searchRooms, searchVoices } from '../shared/pickers';
import { playFields } from './play-fields';
import { runPlay } from './run-play';

export class Play implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Play',
    name: 'play',
    icon: { light: 'file:play.svg', dark: 'file:play.dark.svg' },
    group: ['output'],
    version: [1],
    subtitle:
      '={{ ({ speak: "speak text", playUrl: "play file from URL", playBinary: "play binary file", stop: "stop" })[$parameter["operation"]] }}',
    description: 'Speak text or play a file into a live Roomflow room, as a participant of its own',
    defaults: { name: 'Play' },
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
            name: 'Play Binary File',
            value: 'playBinary',
            description: 'Play a sound or film that the item holds',
            action: 'Play binary file',
          },
          {
            name: 'Play From URL',
            value: 'playUrl',
            description: 'Play a sound or film from an address',
            action: 'Play file from URL',
          },
          {
            name: 'Speak',
            value: 'speak',
            description: 'Say a text with a voice of the runtime',
            action: 'Speak text',
          },
          {
            name: 'Stop',
            value: 'stop',
            description: 'End what is played in the room, and what waits',
            action: 'Stop playing',
          },
        ],
        default: 'speak',
      },
      roomField(),
      ...playFields,
    ],
  };

  methods = { listSearch: { searchRooms, searchVoices } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, operation);
    return [await runPerItem(this, async (itemIndex) => await runPlay(this, itemIndex, operation))];
  }
}
