import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { Graph, Page } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { matchesFilter } from './matches-filter';

const perPage = 100;

function nameOf({ name, roomId, enabled }: Graph): string {
  return `${name}, ${roomId ?? 'every room'}${enabled ? '' : ' (disabled)'}`;
}

/** The stored graphs, newest first. None: an empty list. */
export async function searchGraphs(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  const page = Number(paginationToken ?? 1);
  try {
    const answer = await callRuntime<Page<Graph>>(this, { path: '/v2/graphs', query: { page, perPage } });
    return {
      results: answer.data
        .map((graph) => ({ name: nameOf(graph), value: graph.graphId }))
        .filter(({ name, value }) => matchesFilter(filter, name, value)),
      ...(page < answer.pageInfo.lastPage ? { paginationToken: String(page + 1) } : {}),
    };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}
