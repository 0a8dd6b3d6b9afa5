import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import type { TranscriptFormat } from '../../runtime/contract/index.ts';
import type { Outcome } from '../shared/waiting';
import { attemptTranscription } from './get-transcription';
import { isWaiting } from './transcribe-and-wait';
import { hasSettled, transcriptResult } from './transcription-item';

/** What became of an item's transcription. One that was deleted in the meantime has ended, too. */
export async function outcomeOfTranscription(
  context: IWebhookFunctions,
  json: IDataObject,
): Promise<Outcome> {
  if (!isWaiting(json)) {
    return { hasEnded: true, toItem: async () => await Promise.resolve({ json }) };
  }
  const outcome = await attemptTranscription(context, json.transcriptionId);
  if ('value' in outcome) {
    const { value } = outcome;
    const wanted = {
      segments: context.getNodeParameter('includeSegments', false) === true,
      formats: context.getNodeParameter('files', []) as TranscriptFormat[],
    };
    return {
      hasEnded: hasSettled(value),
      toItem: async () => await transcriptResult(context, value, wanted),
    };
  }
  const { error } = outcome;
  if (error.code === 'transcription-not-found') {
    const failed = { ...json, status: 'failed', error: { code: error.code, message: error.description } };
    return { hasEnded: true, toItem: async () => await Promise.resolve({ json: failed }) };
  }
  throw error;
}
