import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Livestream, Page } from '../../runtime/contract/index.ts';
import { callRuntime } from '../shared/transport';

/** The newest livestream of a room, or undefined where there never was one. */
async function newestLivestream(context: IExecuteFunctions, roomId: string): Promise<Livestream | undefined> {
  const answer = await callRuntime<Page<Livestream>>(context, {
    path: '/v2/livestreams',
    query: { roomId, perPage: 1 },
  });
  return answer.data[0];
}

/** @throws NodeOperationError when the room has had none */
export async function requireLivestream(
  context: IExecuteFunctions,
  roomId: string,
  itemIndex: number,
): Promise<Livestream> {
  const livestream = await newestLivestream(context, roomId);
  if (livestream === undefined) {
    throw new NodeOperationError(context.getNode(), 'This room has no livestream', {
      itemIndex,
      description: 'Start one first, with this node’s operation Start.',
    });
  }
  return livestream;
}

/** A livestream as an item. */
export function livestreamItem(livestream: Livestream): IDataObject {
  return {
    livestreamId: livestream.id,
    stepId: livestream.stepId,
    roomId: livestream.roomId,
    sessionId: livestream.sessionId,
    status: livestream.status,
    startedAt: livestream.start,
    endedAt: livestream.end,
    outputs: livestream.outputs,
    ...(livestream.recordingId === null ? {} : { recordingId: livestream.recordingId }),
    error: livestream.error,
    ...(livestream.metadata === null || livestream.metadata === undefined
      ? {}
      : { metadata: livestream.metadata }),
  };
}
