import type { Store } from './open.ts';

/** A single named value of the store, such as the event log's epoch. */
export function readMeta(store: Store, key: string): string | undefined {
  return store.first(store.db.selectFrom('meta').select('value').where('key', '=', key))?.value;
}

export function writeMeta(store: Store, key: string, value: string): void {
  store.run(
    store.db
      .insertInto('meta')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value })),
  );
}
