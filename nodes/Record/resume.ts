import type {
  IDataObject,
  INodeExecutionData,
  IWebhookDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import type { Recording } from '../../runtime/contract/index.ts';
import { hasEnded, recordingBinary, recordingItem } from '../shared/output';
import { attemptRecording } from '../shared/recordings';
import type { WaitingItem } from './record-and-wait';

/** n8n's own address for going on with a parked execution; there is nothing to register anywhere. */
export const resumeWebhooks: IWebhookDescription[] = [
  {
    name: 'default',
    httpMethod: 'POST',
    responseMode: 'onReceived',
    responseData: 'noData',
    path: '',
    restartWebhook: true,
    isFullPath: true,
  },
];

type Ended = { json: IDataObject; recording?: Recording };

function isWaiting(json: IDataObject): json is IDataObject & WaitingItem {
  return typeof json.recordingId === 'string' && json.recordingType !== undefined;
}

/** What became of an item's recording. One that was deleted in the meantime has ended, too. */
async function outcomeOf(context: IWebhookFunctions, json: IDataObject): Promise<Ended> {
  if (!isWaiting(json)) {
    return { json };
  }
  const { recordingId, recordingType: type } = json;
  const outcome = await attemptRecording(context, { recordingId, type });
  if ('value' in outcome) {
    return { json: recordingItem(outcome.value), recording: outcome.value };
  }
  const { error } = outcome;
  if (error.code === 'recording-not-found') {
    return { json: { ...json, status: 'failed', error: { code: error.code, message: error.description } } };
  }
  throw error;
}

async function itemOf(context: IWebhookFunctions, outcome: Ended, item: number): Promise<INodeExecutionData> {
  const paired = { json: outcome.json, pairedItem: { item } };
  if (outcome.recording === undefined || context.getNodeParameter('download', false) !== true) {
    return paired;
  }
  const property = context.getNodeParameter('binaryProperty', 'data') as string;
  return { ...paired, binary: await recordingBinary(context, outcome.recording, property) };
}

/**
 * Called by the runtime for each recording that ends. Goes on with all of them when the last has ended, and
 * stays parked until then. When the runtime cannot be asked just now, the answer 503 has it call again.
 */
export async function resumeWhenAllEnded(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const waiting = context.evaluateExpression('{{ $input.all().map((item) => item.json) }}') as IDataObject[];
  try {
    const outcomes = await Promise.all(waiting.map(async (json) => await outcomeOf(context, json)));
    const running = outcomes.filter(({ recording }) => recording !== undefined && !hasEnded(recording));
    if (running.length > 0) {
      return { webhookResponse: { stillRecording: running.length } };
    }
    const items = await Promise.all(
      outcomes.map(async (outcome, item) => await itemOf(context, outcome, item)),
    );
    return { workflowData: [items] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.logger.warn(
      `Could not go on after a recording had ended; the runtime will call again: ${reason}`,
    );
    context.getResponseObject().status(503).json({ message: reason }).end();
    return { noWebhookResponse: true };
  }
}
