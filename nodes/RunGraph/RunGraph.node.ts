import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { pagingFields } from '../shared/descriptions';
import { refuseCustomCall, runPerItem } from '../shared/items';
import { searchGraphs, searchRoomsOrEvery } from '../shared/pickers';
import { resumeWebhooks, resumeWhenAllEnded } from '../shared/waiting';
import { documentFields } from './document-fields';
import { graphFields } from './graph-fields';
import { outcomeOfGraph } from './resume';
import { runAndWait } from './run-and-wait';
import { runFields } from './run-fields';
import { runRunGraph } from './run-run-graph';

export class RunGraph implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Run Graph',
    name: 'runGraph',
    icon: { light: 'file:runGraph.svg', dark: 'file:runGraph.dark.svg' },
    group: ['transform'],
    version: [1],
    subtitle:
      '={{ ({ run: $parameter["wait"] ? "run and wait" : "run", stop: $parameter["delete"] ? "stop and delete" : "stop", get: "get graph", getAll: "get many graphs", validate: "validate document" })[$parameter["operation"]] }}',
    description:
      'Run a whole graph of taps, recordings, streams and transcriptions in Roomflow rooms, from one document',
    defaults: { name: 'Run Graph' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'roomflowApi', required: true }],
    webhooks: resumeWebhooks,
    waitingNodeTooltip: 'The graph runs. The workflow goes on when nothing of it runs any more.',
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        options: [
          {
            name: 'Get',
            value: 'get',
            description: 'Get a graph, with what runs of it and what has run',
            action: 'Get graph',
          },
          { name: 'Get Many', value: 'getAll', description: 'List the graphs', action: 'Get many graphs' },
          {
            name: 'Run',
            value: 'run',
            description: 'Give the runtime a graph, which from then on runs it by itself',
            action: 'Run graph',
          },
          {
            name: 'Stop',
            value: 'stop',
            description: 'Have a graph start nothing more, and end what runs of it',
            action: 'Stop graph',
          },
          {
            name: 'Validate',
            value: 'validate',
            description: 'Say what is wrong with a document, without running it',
            action: 'Validate graph document',
          },
        ],
        default: 'run',
      },
      ...documentFields,
      ...runFields,
      ...graphFields,
      ...pagingFields({ show: { operation: ['getAll'] } }),
    ],
  };

  methods = { listSearch: { searchGraphs, searchRoomsOrEvery } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation: string = this.getNodeParameter('operation', 0);
    refuseCustomCall(this, operation);
    if (operation === 'run' && this.getNodeParameter('wait', 0, false) === true) {
      return [await runAndWait(this)];
    }
    return [await runPerItem(this, async (itemIndex) => await runRunGraph(this, itemIndex, operation))];
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await resumeWhenAllEnded(this, async (json) => await outcomeOfGraph(this, json));
  }
}
