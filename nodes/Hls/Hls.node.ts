import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { roomField } from '../shared/descriptions';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { layoutField, lookField, pictureField } from '../shared/picture';
import { searchRooms } from '../shared/pickers';
import { captureFields } from './capture-fields';
import { runHls } from './run-hls';
import { startOptions } from './start-options';

export class Hls implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'HLS',
    name: 'hls',
    icon: { light: 'file:hls.svg', dark: 'file:hls.dark.svg' },
    group: ['output'],
    version: [1],
    subtitle:
      '={{ ({ start: "start stream", stop: "stop stream", get: "get stream", capture: "capture picture", changeLayout: "change layout" })[$parameter["operation"]] }}',
    description: 'Stream a live Roomflow room to any number of viewers, with a watch page and playback',
    defaults: { name: 'HLS' },
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
            name: 'Capture',
            value: 'capture',
            description: 'Take a picture out of the stream, of now or of a time in its past',
            action: 'Capture picture of stream',
          },
          {
            name: 'Change Layout',
            value: 'changeLayout',
            description: 'Change the picture while people watch',
            action: 'Change layout of stream',
          },
          {
            name: 'Get',
            value: 'get',
            description: 'Get the state and the addresses of a stream',
            action: 'Get stream',
          },
          {
            name: 'Start',
            value: 'start',
            description: 'Start streaming and go on when people can watch',
            action: 'Start stream',
          },
          {
            name: 'Stop',
            value: 'stop',
            description: 'End a stream; it can be played back from then on',
            action: 'Stop stream',
          },
        ],
        default: 'start',
      },
      roomField(),
      layoutField({ show: { operation: ['start', 'changeLayout'] } }),
      pictureField({ show: { operation: ['start'] } }),
      lookField({ show: { operation: ['changeLayout'] } }),
      startOptions,
      ...captureFields,
    ],
  };

  methods = { listSearch: { searchRooms } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, operation);
    return [await runPerItem(this, async (itemIndex) => await runHls(this, itemIndex, operation))];
  }
}
