import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { Transcription } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { matchesFilter } from './matches-filter';

/** The newest transcriptions: of live rooms or of recordings, as the node's field Resource says. */
export async function searchTranscriptions(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  const type = this.getCurrentNodeParameter('resource') === 'post' ? 'post' : 'realtime';
  try {
    const answer = await callRuntime<{ transcriptions: Transcription[] }>(this, {
      path: `/ai/v1/${type}-transcriptions`,
      query: { perPage: 50 },
    });
    return {
      results: answer.transcriptions
        .map(({ id, roomId, start, status }) => ({ name: `${roomId}, ${start} (${status})`, value: id }))
        .filter(({ name, value }) => matchesFilter(filter, name, value)),
    };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}
