import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { searchEngines, searchRooms, searchTranscriptions } from '../shared/pickers';
import { resumeWebhooks, resumeWhenAllEnded } from '../shared/waiting';
import { operationFields } from './operation-fields';
import { outcomeOfTranscription } from './resume';
import { runTranscribe } from './run-transcribe';
import { engineFields, outputFields, startOptions, subjectFields } from './transcribe-fields';
import { transcribeAndWait } from './transcribe-and-wait';

export class Transcribe implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Transcribe',
    name: 'transcribe',
    icon: { light: 'file:transcribe.svg', dark: 'file:transcribe.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle:
      '={{ ({ start: "start", startAndWait: "transcribe and wait", get: "get transcript", stop: "stop" })[$parameter["operation"]] + ": " + ($parameter["resource"] === "post" ? "recording" : "live room") }}',
    description: 'Write down what is said in a live Roomflow room, or in a recording, with who has said it',
    defaults: { name: 'Transcribe' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    webhooks: resumeWebhooks,
    waitingNodeTooltip: 'Transcribing. The workflow goes on when the transcript is complete.',
    properties: [...operationFields, ...subjectFields, ...engineFields, ...outputFields, startOptions],
  };

  methods = { listSearch: { searchEngines, searchRooms, searchTranscriptions } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, operation);
    if (operation === 'startAndWait') {
      return [await transcribeAndWait(this)];
    }
    return [await runPerItem(this, async (itemIndex) => await runTranscribe(this, itemIndex, operation))];
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await resumeWhenAllEnded(this, async (json) => await outcomeOfTranscription(this, json));
  }
}
