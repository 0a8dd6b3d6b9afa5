import type { IDataObject } from 'n8n-workflow';
import type { Page } from '../../../runtime/contract/index.ts';
import { callRuntime, type RuntimeContext } from './call-runtime';

const largestPage = 200;

/**
 * The first `limit` entries of a list of the runtime, as many pages as that takes.
 *
 * @typeParam T one entry
 * @typeParam D the shape of `data`; `entriesOf` takes the entries out of it
 */
export async function listFromRuntime<T, D = T[]>(
  context: RuntimeContext,
  path: string,
  options: { limit: number; query?: IDataObject; entriesOf: (data: D) => T[] },
): Promise<T[]> {
  const perPage = Math.min(options.limit, largestPage);
  const found: T[] = [];
  for (let page = 1; found.length < options.limit; page += 1) {
    const answer = await callRuntime<Omit<Page<T>, 'data'> & { data: D }>(context, {
      path,
      query: { ...options.query, page, perPage },
    });
    found.push(...options.entriesOf(answer.data));
    if (page >= answer.pageInfo.lastPage) {
      break;
    }
  }
  return found.slice(0, options.limit);
}
