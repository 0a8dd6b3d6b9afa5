import type { IExecuteFunctions } from 'n8n-workflow';
import { readId, unknownOperation, type ItemResult } from '../shared/items';
import { recordingItem, stepItem } from '../shared/output';
import { awaitRecording } from '../shared/recordings';
import { changeStep } from '../shared/steps';
import { recordingTypeOf } from './recording-type';
import { startRecording } from './start-recording';

/** Finishing a file means writing its duration and index, which takes longer the longer it is. */
const finishingMs = 30_000;

async function stop(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const step = await changeStep(context, readId(context, 'step', itemIndex), 'stop');
  if (step.recordingId === null) {
    return [{ json: stepItem(step) }];
  }
  const recording = await awaitRecording(
    context,
    { recordingId: step.recordingId, type: recordingTypeOf(step) },
    finishingMs,
  );
  return [{ json: recordingItem(recording) }];
}

/** Runs an operation that does not wait, for one item. */
export async function runRecord(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  switch (operation) {
    case 'start':
      return [{ json: stepItem(await startRecording(context, itemIndex)) }];
    case 'stop':
      return await stop(context, itemIndex);
    case 'pause':
    case 'resume':
      return [{ json: stepItem(await changeStep(context, readId(context, 'step', itemIndex), operation)) }];
    default:
      throw unknownOperation(context, operation);
  }
}
