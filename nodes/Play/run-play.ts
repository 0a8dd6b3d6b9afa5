import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Play } from '../../runtime/contract/index.ts';
import {
  delay,
  filledText,
  readId,
  readJson,
  readOptionalId,
  readText,
  unknownOperation,
  type ItemResult,
} from '../shared/items';
import { callRuntime, uploadToRuntime } from '../shared/transport';
import { isOver, playItem } from './play-item';

type PlayOptions = {
  bargeIn?: boolean;
  interrupt?: boolean;
  metadata?: unknown;
  name?: string;
  participantId?: string;
  stay?: boolean;
};

const askEveryMs = 250;

const playsOf = (roomId: string): string => `/v2/rooms/${encodeURIComponent(roomId)}/plays`;

/** As whom it is played and what may end it; what is left out is left to the runtime. */
function readManner(context: IExecuteFunctions, itemIndex: number): IDataObject {
  const { bargeIn, interrupt, metadata, name, participantId, stay } = context.getNodeParameter(
    'options',
    itemIndex,
    {},
  ) as PlayOptions;
  const kept = readJson(context, metadata, 'Metadata', itemIndex);
  return {
    ...filledText('name', name),
    ...filledText('participantId', participantId),
    ...(bargeIn === undefined ? {} : { bargeIn }),
    ...(interrupt === undefined ? {} : { interrupt }),
    ...(stay === undefined ? {} : { stay }),
    ...(kept === undefined ? {} : { metadata: kept }),
  };
}

function requireText(context: IExecuteFunctions, name: 'text' | 'url', itemIndex: number): string {
  const text = readText(context, name, itemIndex);
  if (text === '') {
    throw new NodeOperationError(
      context.getNode(),
      `There is no ${name === 'text' ? 'text' : 'URL'} to play`,
      {
        itemIndex,
        description:
          name === 'text'
            ? 'Write one, or take it from the incoming item with an expression.'
            : 'Give the address of a sound or film.',
      },
    );
  }
  return text;
}

async function playBinary(context: IExecuteFunctions, itemIndex: number, roomId: string): Promise<Play> {
  const property = readText(context, 'binaryProperty', itemIndex);
  const { id, mimeType } = context.helpers.assertBinaryData(itemIndex, property);
  const { metadata, ...manner } = readManner(context, itemIndex);
  return await uploadToRuntime<Play>(context, {
    path: playsOf(roomId),
    query: { ...manner, ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }) },
    // Data that n8n keeps in memory has no id.
    body:
      id === undefined
        ? await context.helpers.getBinaryDataBuffer(itemIndex, property)
        : await context.helpers.getBinaryStream(id),
    contentType: mimeType,
  });
}

async function begin(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: 'speak' | 'playUrl' | 'playBinary',
): Promise<Play> {
  const roomId = readId(context, 'room', itemIndex);
  if (operation === 'playBinary') {
    return await playBinary(context, itemIndex, roomId);
  }
  const voice = operation === 'speak' ? readOptionalId(context, 'voice', itemIndex) : undefined;
  return await callRuntime<Play>(context, {
    method: 'POST',
    path: playsOf(roomId),
    body: {
      ...readManner(context, itemIndex),
      ...(operation === 'speak'
        ? { text: requireText(context, 'text', itemIndex) }
        : { url: requireText(context, 'url', itemIndex) }),
      ...(voice === undefined ? {} : { voice }),
    },
    // A voice of a cloud service is asked before the runtime answers.
    timeoutMs: 60_000,
  });
}

/** The play once it is over, however it ended; as it is then when the execution is cancelled. */
async function untilOver(context: IExecuteFunctions, begun: Play): Promise<Play> {
  const cancelled = context.getExecutionCancelSignal();
  let play = begun;
  while (!isOver(play) && cancelled?.aborted !== true) {
    await delay(askEveryMs, cancelled);
    play = await callRuntime<Play>(context, { path: `/v2/plays/${encodeURIComponent(begun.playId)}` });
  }
  return play;
}

async function stop(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const { data } = await callRuntime<{ data: Play[] }>(context, {
    method: 'POST',
    path: `${playsOf(readId(context, 'room', itemIndex))}/stop`,
    body: filledText('participantId', readText(context, 'stopParticipantId', itemIndex)),
  });
  return data.map((play) => ({ json: playItem(play) }));
}

/**
 * Runs an operation for one item. A play that does not reach its end because somebody spoke or stopped it is an item
 * like any other, with its status; one that could not be played is an error.
 */
export async function runPlay(
  context: IExecuteFunctions,
  itemIndex: number,
  operation: string,
): Promise<ItemResult[]> {
  switch (operation) {
    case 'speak':
    case 'playUrl':
    case 'playBinary': {
      const begun = await begin(context, itemIndex, operation);
      const wait = context.getNodeParameter('wait', itemIndex, true) === true;
      const play = wait ? await untilOver(context, begun) : begun;
      if (play.status === 'failed') {
        throw new NodeOperationError(context.getNode(), 'It could not be played', {
          itemIndex,
          description: play.error?.message ?? 'The runtime gave no reason.',
        });
      }
      return [{ json: playItem(play) }];
    }
    case 'stop':
      return await stop(context, itemIndex);
    default:
      throw unknownOperation(context, operation);
  }
}
