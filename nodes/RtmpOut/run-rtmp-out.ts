import type { IExecuteFunctions } from 'n8n-workflow';
import type { Livestream } from '../../runtime/contract/index.ts';
import { filledText, readId, readJson, readText, unknownOperation, type ItemResult } from '../shared/items';
import { stepItem } from '../shared/output';
import { readConfig, readLook } from '../shared/picture';
import { changeLook } from '../shared/steps';
import { callRuntime } from '../shared/transport';
import { livestreamItem, requireLivestream } from './livestreams';
import { readOutputs } from './platforms';

type StartOptions = { metadata?: unknown; record?: boolean; webhookUrl?: string };

async function start(context: IExecuteFunctions, itemIndex: number, roomId: string): Promise<Livestream> {
  const options = context.getNodeParameter('options', itemIndex, {}) as StartOptions;
  const metadata = readJson(context, options.metadata, 'Metadata', itemIndex);
  return await callRuntime<Livestream>(context, {
    method: 'POST',
    path: '/v2/livestreams/start',
    body: {
      roomId,
      outputs: await readOutputs(context, itemIndex),
      config: {
        ...readConfig(context, itemIndex),
        ...(options.record === true ? { recording: { enabled: true } } : {}),
      },
      ...filledText('webhookUrl', options.webhookUrl),
      ...(metadata === undefined ? {} : { metadata }),
    },
  });
}

async function stop(context: IExecuteFunctions, itemIndex: number, roomId: string): Promise<Livestream> {
  await callRuntime(context, { method: 'POST', path: '/v2/livestreams/end', body: { roomId } });
  return await requireLivestream(context, roomId, itemIndex);
}

const outputsPath = (livestream: Livestream): string =>
  `/v2/livestreams/${encodeURIComponent(livestream.id)}/outputs`;

async function addOutputs(
  context: IExecuteFunctions,
  itemIndex: number,
  roomId: string,
): Promise<Livestream> {
  const livestream = await requireLivestream(context, roomId, itemIndex);
  for (const output of await readOutputs(context, itemIndex)) {
    await callRuntime(context, { method: 'POST', path: outputsPath(livestream), body: output });
  }
  return await requireLivestream(context, roomId, itemIndex);
}

async function removeOutput(
  context: IExecuteFunctions,
  itemIndex: number,
  roomId: string,
): Promise<Livestream> {
  const livestream = await requireLivestream(context, roomId, itemIndex);
  const outputId = readText(context, 'outputId', itemIndex);
  await callRuntime(context, {
    method: 'DELETE',
    path: `${outputsPath(livestream)}/${encodeURIComponent(outputId)}`,
  });
  return await requireLivestream(context, roomId, itemIndex);
}

/** Runs an operation for one item. A room has one livestream at a time, so the room is all it takes to name it. */
export async function runRtmpOut(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  switch (operation) {
    case 'start':
      return [{ json: livestreamItem(await start(context, itemIndex, roomId)) }];
    case 'stop':
      return [{ json: livestreamItem(await stop(context, itemIndex, roomId)) }];
    case 'get':
      return [{ json: livestreamItem(await requireLivestream(context, roomId, itemIndex)) }];
    case 'addOutput':
      return [{ json: livestreamItem(await addOutputs(context, itemIndex, roomId)) }];
    case 'removeOutput':
      return [{ json: livestreamItem(await removeOutput(context, itemIndex, roomId)) }];
    case 'changeLayout': {
      const { stepId } = await requireLivestream(context, roomId, itemIndex);
      return [{ json: stepItem(await changeLook(context, stepId, readLook(context, itemIndex))) }];
    }
    default:
      throw unknownOperation(context, operation);
  }
}
