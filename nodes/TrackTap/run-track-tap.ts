import type { IExecuteFunctions } from 'n8n-workflow';
import type { Page, Step } from '../../runtime/contract/index.ts';
import { readId, refuseCustomCall, unknownOperation, type ItemResult } from '../shared/items';
import { stepItem } from '../shared/output';
import { changeStep, startStep } from '../shared/steps';
import { callRuntime } from '../shared/transport';
import { readMode } from './read-mode';

const ended: readonly string[] = ['finished', 'failed', 'cancelled'] satisfies Step['state'][];

/** A media worker that was lost is replaced in less. */
const patienceMs = 15_000;

async function start(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const step = await startStep(context, {
    roomId: readId(context, 'room', itemIndex),
    step: 'tap',
    with: {
      participantId: readId(context, 'participant', itemIndex),
      ...readMode(context, itemIndex),
    },
    patienceMs,
  });
  if (step.trackIds.length === 0) {
    context.addExecutionHints({
      message:
        'This participant publishes none of these tracks yet. The tap takes them up as soon as microphone or camera are turned on.',
      location: 'outputPane',
    });
  }
  return [{ json: stepItem(step) }];
}

async function list(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  const answer = await callRuntime<Pick<Page<Step>, 'data'>>(context, {
    path: `/v2/rooms/${encodeURIComponent(roomId)}/steps`,
    query: { step: 'tap' },
  });
  const onlyRunning = context.getNodeParameter('onlyRunning', itemIndex, true) === true;
  const taps = onlyRunning ? answer.data.filter((step) => !ended.includes(step.state)) : answer.data;
  return taps.map((step) => ({ json: stepItem(step) }));
}

/** Runs the node's operation for one item. */
export async function runTrackTap(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const operation: string = context.getNodeParameter('operation', itemIndex);
  refuseCustomCall(context, operation);
  switch (operation) {
    case 'start':
      return await start(context, itemIndex);
    case 'stop':
      return [{ json: stepItem(await changeStep(context, readId(context, 'step', itemIndex), 'stop')) }];
    case 'getAll':
      return await list(context, itemIndex);
    default:
      throw unknownOperation(context, operation);
  }
}
