import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { startAndWait } from '../shared/waiting';
import { startTranscription } from './start-transcription';
import { transcriptionItem } from './transcription-item';

/** True for an item that holds a transcription, as it does while it waits. */
export function isWaiting(json: IDataObject): json is IDataObject & { transcriptionId: string } {
  return typeof json.transcriptionId === 'string';
}

/** Starts transcribing for every item; the execution goes on when the last transcript is complete. */
export async function transcribeAndWait(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  return await startAndWait(context, {
    forAgents: {
      message: 'An agent cannot wait for a transcript',
      description: 'Set the operation to Start, and give the agent Get, too.',
    },
    startOne: async (itemIndex, callbackUrl) =>
      transcriptionItem(await startTranscription(context, itemIndex, callbackUrl)),
    isWaiting,
  });
}
