import type { IExecuteFunctions } from 'n8n-workflow';
import type { TranscriptFormat, Transcription } from '../../runtime/contract/index.ts';
import { delay, readId, unknownOperation, type ItemResult } from '../shared/items';
import { callRuntime } from '../shared/transport';
import { getTranscription } from './get-transcription';
import { startTranscription } from './start-transcription';
import { hasSettled, transcriptionItem, transcriptResult } from './transcription-item';

/** A recogniser that is behind says the rest after a stop, and a summary takes a language model its time. */
const finishingMs = 60_000;
const askEveryMs = 250;

async function result(
  context: IExecuteFunctions,
  itemIndex: number,
  transcription: Transcription,
): Promise<ItemResult> {
  return await transcriptResult(context, transcription, {
    segments: context.getNodeParameter('includeSegments', itemIndex, false) === true,
    formats: context.getNodeParameter('files', itemIndex, []) as TranscriptFormat[],
  });
}

/** The transcription once it is complete; as it is then when that takes longer. */
async function untilSettled(context: IExecuteFunctions, transcriptionId: string): Promise<Transcription> {
  const giveUpAt = Date.now() + finishingMs;
  const cancelled = context.getExecutionCancelSignal();
  for (;;) {
    const current = await getTranscription(context, transcriptionId);
    if (hasSettled(current) || Date.now() > giveUpAt || cancelled?.aborted === true) {
      return current;
    }
    await delay(askEveryMs, cancelled);
  }
}

async function stop(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult> {
  const { id } = await callRuntime<Transcription>(context, {
    method: 'POST',
    path: '/ai/v1/realtime-transcriptions/end',
    body: { roomId: readId(context, 'room', itemIndex) },
    timeoutMs: finishingMs,
  });
  return await result(context, itemIndex, await untilSettled(context, id));
}

/** Runs an operation that does not wait, for one item. */
export async function runTranscribe(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  switch (operation) {
    case 'start':
      return [{ json: transcriptionItem(await startTranscription(context, itemIndex)) }];
    case 'stop':
      return [await stop(context, itemIndex)];
    case 'get': {
      const transcription = await getTranscription(context, readId(context, 'transcription', itemIndex));
      return [await result(context, itemIndex, transcription)];
    }
    default:
      throw unknownOperation(context, operation);
  }
}
