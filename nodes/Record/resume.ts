import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import type { Recording } from '../../runtime/contract/index.ts';
import type { ItemResult } from '../shared/items';
import { hasEnded, recordingBinary, recordingItem } from '../shared/output';
import { attemptRecording } from '../shared/recordings';
import type { Outcome } from '../shared/waiting';
import { isWaiting } from './record-and-wait';

async function itemOf(context: IWebhookFunctions, recording: Recording): Promise<ItemResult> {
  const json = recordingItem(recording);
  if (context.getNodeParameter('download', false) !== true) {
    return { json };
  }
  const property = context.getNodeParameter('binaryProperty', 'data') as string;
  return { json, binary: await recordingBinary(context, recording, property) };
}

/** What became of an item's recording. One that was deleted in the meantime has ended, too. */
export async function outcomeOfRecording(context: IWebhookFunctions, json: IDataObject): Promise<Outcome> {
  if (!isWaiting(json)) {
    return { hasEnded: true, toItem: async () => await Promise.resolve({ json }) };
  }
  const { recordingId, recordingType: type } = json;
  const outcome = await attemptRecording(context, { recordingId, type });
  if ('value' in outcome) {
    const { value } = outcome;
    return { hasEnded: hasEnded(value), toItem: async () => await itemOf(context, value) };
  }
  const { error } = outcome;
  if (error.code === 'recording-not-found') {
    const failed = {
      ...json,
      status: 'failed',
      error: { code: error.code, message: error.description },
    };
    return { hasEnded: true, toItem: async () => await Promise.resolve({ json: failed }) };
  }
  throw error;
}
