import type { SelectQueryBuilder } from 'kysely';
import type { Page } from '../contract/index.ts';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** Which page, from 1, and how long pages are. */
export type PageRequest = { page?: number | undefined; perPage?: number | undefined };

/** One page of a query and how many rows there are in all. The query must be ordered. */
export function readPage<TB extends keyof Database, O>(
  store: Store,
  query: SelectQueryBuilder<Database, TB, O>,
  request: PageRequest,
): Page<O> {
  const currentPage = request.page ?? 1;
  const perPage = request.perPage ?? 20;
  const counted = query
    .clearSelect()
    .clearOrderBy()
    .select((expression) => expression.fn.countAll<number>().as('total'));
  const total = store.first(counted)?.total ?? 0;
  return {
    pageInfo: { currentPage, perPage, lastPage: Math.max(1, Math.ceil(total / perPage)), total },
    data: store.all(query.limit(perPage).offset((currentPage - 1) * perPage)),
  };
}

/** The same page with each entry turned into something else. */
export function mapPage<A, B>(page: Page<A>, map: (entry: A) => B): Page<B> {
  return { pageInfo: page.pageInfo, data: page.data.map(map) };
}
