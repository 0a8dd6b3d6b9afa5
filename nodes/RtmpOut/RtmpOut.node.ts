import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { metadataOption, recordTooOption, roomField, webhookOption } from '../shared/descriptions';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { layoutField, lookField, pictureField } from '../shared/picture';
import { searchRooms } from '../shared/pickers';
import { outputFields } from './output-fields';
import { runRtmpOut } from './run-rtmp-out';
import { testStreamKeys } from './test-stream-keys';

export class RtmpOut implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'RTMP Out',
    name: 'rtmpOut',
    icon: { light: 'file:rtmpOut.svg', dark: 'file:rtmpOut.dark.svg' },
    group: ['output'],
    version: [1],
    subtitle:
      '={{ ({ start: "go live", stop: "end livestream", get: "get livestream", addOutput: "add destination", removeOutput: "remove destination", changeLayout: "change layout" })[$parameter["operation"]] + (($parameter["operation"] === "start" && ($parameter["platforms"] || []).length) ? ": " + $parameter["platforms"].map((name) => ({ youtube: "YouTube", twitch: "Twitch", facebook: "Facebook", custom: "own server" })[name]).join(", ") : "") }}',
    description: 'Send the picture of a live Roomflow room to YouTube, Twitch, Facebook or any RTMP server',
    defaults: { name: 'RTMP Out' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'roomflowApi', required: true },
      { name: 'roomflowStreamKeysApi', required: false, testedBy: 'testStreamKeys' },
    ],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        options: [
          { name: 'Destination', value: 'destination' },
          { name: 'Livestream', value: 'livestream' },
        ],
        default: 'livestream',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['livestream'] } },
        options: [
          {
            name: 'Change Layout',
            value: 'changeLayout',
            description: 'Change the picture while it is live',
            action: 'Change layout of livestream',
          },
          {
            name: 'Get',
            value: 'get',
            description: 'Get the state of a livestream and of each destination',
            action: 'Get livestream',
          },
          {
            name: 'Start',
            value: 'start',
            description: 'Go live and go on at once',
            action: 'Start livestream',
          },
          { name: 'Stop', value: 'stop', description: 'End a livestream', action: 'Stop livestream' },
        ],
        default: 'start',
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        displayOptions: { show: { resource: ['destination'] } },
        options: [
          {
            name: 'Add',
            value: 'addOutput',
            description: 'Send a running livestream to one more server',
            action: 'Add destination to livestream',
          },
          {
            name: 'Remove',
            value: 'removeOutput',
            description: 'End a running livestream on one server',
            action: 'Remove destination from livestream',
          },
        ],
        default: 'addOutput',
      },
      roomField(),
      ...outputFields,
      {
        displayName: 'Destination ID',
        name: 'outputId',
        type: 'string',
        default: '={{ $json.outputId }}',
        required: true,
        description: 'The outputId of the destination, as Start and Get list it under outputs',
        displayOptions: { show: { operation: ['removeOutput'] } },
      },
      layoutField({ show: { operation: ['start', 'changeLayout'] } }),
      pictureField({ show: { operation: ['start'] } }),
      lookField({ show: { operation: ['changeLayout'] } }),
      {
        displayName: 'Options',
        name: 'options',
        type: 'collection',
        placeholder: 'Add option',
        default: {},
        displayOptions: { show: { operation: ['start'] } },
        options: [metadataOption('livestream'), recordTooOption, webhookOption('livestream')],
      },
    ],
  };

  methods = { listSearch: { searchRooms }, credentialTest: { testStreamKeys } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, this.getNodeParameter('resource', 0), operation);
    return [await runPerItem(this, async (itemIndex) => await runRtmpOut(this, itemIndex, operation))];
  }
}
