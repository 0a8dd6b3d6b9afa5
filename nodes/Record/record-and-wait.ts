import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from 'n8n-workflow';
import type { RecordingType } from '../shared/recordings';
import { startAndWait } from '../shared/waiting';
import { recordingTypeOf } from './recording-type';
import { startRecording } from './start-recording';

/** What an item holds while its recording runs; also what goes on when the time limit is reached. */
export type WaitingItem = {
  recordingId: string;
  stepId: string;
  recordingType: RecordingType;
};

export function isWaiting(json: IDataObject): json is IDataObject & WaitingItem {
  return typeof json.recordingId === 'string' && json.recordingType !== undefined;
}

async function startOne(
  context: IExecuteFunctions,
  itemIndex: number,
  callbackUrl: string,
): Promise<IDataObject> {
  const step = await startRecording(context, itemIndex, callbackUrl);
  if (step.recordingId === null) {
    throw new NodeOperationError(context.getNode(), 'The runtime has started no recording', {
      itemIndex,
      description: step.reason,
    });
  }
  const waiting: WaitingItem = {
    recordingId: step.recordingId,
    stepId: step.stepId,
    recordingType: recordingTypeOf(step),
  };
  return {
    ...waiting,
    status: 'running',
    roomId: step.roomId,
    sessionId: step.sessionId,
    participantId: step.participantId,
    startedAt: step.startedAt,
  };
}

/** Starts the recording of every item; the execution goes on when the last of them has ended. */
export async function recordAndWait(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  return await startAndWait(context, {
    forAgents: {
      message: 'An agent cannot wait for a recording',
      description: 'Set the operation to Start, and give the agent Meeting → Recording → Get, too.',
    },
    startOne: async (itemIndex, callbackUrl) => await startOne(context, itemIndex, callbackUrl),
    isWaiting,
  });
}
