import {
  NodeOperationError,
  WAIT_INDEFINITELY,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from 'n8n-workflow';
import { runPerItem } from '../shared/items';
import type { RecordingType } from '../shared/recordings';
import { recordingTypeOf } from './recording-type';
import { startRecording } from './start-recording';

/** What an item holds while its recording runs; also what goes on when the time limit is reached. */
export type WaitingItem = {
  recordingId: string;
  stepId: string;
  recordingType: RecordingType;
};

function waitTill(context: IExecuteFunctions): Date {
  const { limitWaitMinutes } = context.getNodeParameter('options', 0, {}) as { limitWaitMinutes?: number };
  return limitWaitMinutes === undefined
    ? WAIT_INDEFINITELY
    : new Date(Date.now() + limitWaitMinutes * 60_000);
}

async function startOne(context: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
  const callbackUrl = context.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex) as string;
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

/**
 * Starts the recording of every item and parks the execution. n8n waits once per execution, not per item:
 * each recording calls back when it ends, and the execution goes on when the last of them has (`resume.ts`).
 *
 * @returns what is shown meanwhile; the errors alone, without waiting, when nothing could be started
 */
export async function recordAndWait(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  if (context.isToolExecution()) {
    throw new NodeOperationError(context.getNode(), 'An agent cannot wait for a recording', {
      description: 'Set the operation to Start, and give the agent Meeting → Recording → Get, too.',
    });
  }
  const until = waitTill(context);
  const started = await runPerItem(context, async (itemIndex) => [
    { json: await startOne(context, itemIndex) },
  ]);
  if (started.every((item) => item.json.recordingId === undefined)) {
    return started;
  }
  // A parked node's input is what n8n keeps for it, hands to webhook() and passes on at the time limit. The
  // items are n8n's copies for this node: those of the node before stay as they are.
  for (const [index, item] of context.getInputData().entries()) {
    item.json = started[index]?.json ?? item.json;
  }
  await context.putExecutionToWait(until);
  return started;
}
