import type { IExecuteFunctions } from 'n8n-workflow';
import type { HlsStream } from '../../runtime/contract/index.ts';
import { delay, filledText, readId, readJson, unknownOperation, type ItemResult } from '../shared/items';
import { stepItem } from '../shared/output';
import { readConfig, readLook } from '../shared/picture';
import { changeLook } from '../shared/steps';
import { callRuntime } from '../shared/transport';
import { capturePicture } from './capture-picture';
import { requireStream, streamItem } from './hls-stream';

type StartOptions = {
  dirPath?: string;
  dvrSeconds?: number;
  metadata?: unknown;
  protected?: boolean;
  record?: boolean;
  rungs?: string[];
  waitUntilPlayable?: boolean;
  webhookUrl?: string;
};

/** A stream is playable some seconds after its start; beyond this something is wrong that Get will tell. */
const playableWithinMs = 20_000;
const askEveryMs = 250;

async function untilPlayable(
  context: IExecuteFunctions,
  itemIndex: number,
  roomId: string,
): Promise<HlsStream> {
  const giveUpAt = Date.now() + playableWithinMs;
  const cancelled = context.getExecutionCancelSignal();
  for (;;) {
    const stream = await requireStream(context, roomId, itemIndex);
    const isOver = stream.end !== null || Date.now() > giveUpAt || cancelled?.aborted === true;
    if (stream.playable || isOver) {
      return stream;
    }
    await delay(askEveryMs, cancelled);
  }
}

async function start(context: IExecuteFunctions, itemIndex: number, roomId: string): Promise<HlsStream> {
  const options = context.getNodeParameter('options', itemIndex, {}) as StartOptions;
  const metadata = readJson(context, options.metadata, 'Metadata', itemIndex);
  const started = await callRuntime<HlsStream>(context, {
    method: 'POST',
    path: '/v2/hls/start',
    body: {
      roomId,
      config: {
        ...readConfig(context, itemIndex),
        ...(options.record === true ? { recording: { enabled: true } } : {}),
      },
      ...((options.rungs ?? []).length === 0 ? {} : { rungs: options.rungs }),
      ...(options.protected === undefined ? {} : { protected: options.protected }),
      ...(options.dvrSeconds === undefined ? {} : { dvrSeconds: options.dvrSeconds }),
      ...filledText('dirPath', options.dirPath),
      ...filledText('webhookUrl', options.webhookUrl),
      ...(metadata === undefined ? {} : { metadata }),
    },
  });
  return options.waitUntilPlayable === false ? started : await untilPlayable(context, itemIndex, roomId);
}

async function stop(context: IExecuteFunctions, itemIndex: number, roomId: string): Promise<HlsStream> {
  await callRuntime(context, { method: 'POST', path: '/v2/hls/end', body: { roomId } });
  return await requireStream(context, roomId, itemIndex);
}

/** Runs an operation for one item. A room has one stream at a time, so the room is all it takes to name it. */
export async function runHls(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  switch (operation) {
    case 'start':
      return [{ json: streamItem(await start(context, itemIndex, roomId)) }];
    case 'stop':
      return [{ json: streamItem(await stop(context, itemIndex, roomId)) }];
    case 'get':
      return [{ json: streamItem(await requireStream(context, roomId, itemIndex)) }];
    case 'capture':
      return [await capturePicture(context, itemIndex, roomId)];
    case 'changeLayout': {
      const { stepId } = await requireStream(context, roomId, itemIndex);
      return [{ json: stepItem(await changeLook(context, stepId, readLook(context, itemIndex))) }];
    }
    default:
      throw unknownOperation(context, operation);
  }
}
