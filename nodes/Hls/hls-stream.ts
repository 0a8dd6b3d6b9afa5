import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { HlsStream, Page } from '../../runtime/contract/index.ts';
import { callRuntime } from '../shared/transport';

/**
 * The newest stream of a room, running or ended.
 *
 * @throws NodeOperationError when the room has had none
 */
export async function requireStream(
  context: IExecuteFunctions,
  roomId: string,
  itemIndex: number,
): Promise<HlsStream> {
  const answer = await callRuntime<Page<HlsStream>>(context, {
    path: '/v2/hls',
    query: { roomId, perPage: 1 },
  });
  const stream = answer.data[0];
  if (stream === undefined) {
    throw new NodeOperationError(context.getNode(), 'This room has no HLS stream', {
      itemIndex,
      description: 'Start one first, with this node’s operation Start.',
    });
  }
  return stream;
}

/** A stream as an item. */
export function streamItem(stream: HlsStream): IDataObject {
  return {
    hlsId: stream.id,
    stepId: stream.stepId,
    roomId: stream.roomId,
    sessionId: stream.sessionId,
    status: stream.status,
    playable: stream.playable,
    playbackHlsUrl: stream.playbackHlsUrl,
    livestreamUrl: stream.livestreamUrl,
    startedAt: stream.start,
    endedAt: stream.end,
    durationSeconds: stream.duration,
    ...(stream.recordingId === null ? {} : { recordingId: stream.recordingId }),
    error: stream.error,
    ...(stream.metadata === null || stream.metadata === undefined ? {} : { metadata: stream.metadata }),
  };
}
