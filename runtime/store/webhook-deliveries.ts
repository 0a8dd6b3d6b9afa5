import type { Selectable } from 'kysely';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

export type DeliveryKind = 'room' | 'job' | 'callback';
/** `refused`: the receiver said not to try again; `failed`: a day of trying was not enough. */
export type DeliveryState = 'pending' | 'delivered' | 'refused' | 'failed';

/** One body to be brought to one URL. */
export type StoredDelivery = Omit<
  Selectable<Database['webhook_deliveries']>,
  'sequence' | 'kind' | 'state'
> & {
  kind: DeliveryKind;
  state: DeliveryState;
};

type Row = Selectable<Database['webhook_deliveries']>;
const toDelivery = ({ sequence: _sequence, ...row }: Row): StoredDelivery => ({
  ...row,
  kind: row.kind as DeliveryKind,
  state: row.state as DeliveryState,
});

export function insertDelivery(
  store: Store,
  delivery: Pick<
    StoredDelivery,
    'id' | 'eventId' | 'recordingId' | 'roomId' | 'url' | 'kind' | 'subject' | 'body' | 'createdAtMs'
  >,
): void {
  store.run(
    store.db.insertInto('webhook_deliveries').values({
      ...delivery,
      attempts: 0,
      nextAttemptAtMs: delivery.createdAtMs,
      state: 'pending',
      lastStatus: null,
      lastError: null,
      endedAtMs: null,
    }),
  );
}

/** Every URL that something is still to be brought to. */
export function listPendingUrls(store: Store): string[] {
  return store
    .all(store.db.selectFrom('webhook_deliveries').select('url').distinct().where('state', '=', 'pending'))
    .map(({ url }) => url);
}

const pendingFor = (store: Store, url: string) =>
  store.db.selectFrom('webhook_deliveries').selectAll().where('state', '=', 'pending').where('url', '=', url);

/** The oldest pending delivery of a URL. */
export function findOldestPending(store: Store, url: string): StoredDelivery | undefined {
  const row = store.first(pendingFor(store, url).orderBy('sequence').limit(1));
  return row === undefined ? undefined : toDelivery(row);
}

/** The pending delivery of a URL whose time comes first. */
export function findNextPending(store: Store, url: string): StoredDelivery | undefined {
  const row = store.first(pendingFor(store, url).orderBy('nextAttemptAtMs').orderBy('sequence').limit(1));
  return row === undefined ? undefined : toDelivery(row);
}

export function updateDelivery(
  store: Store,
  id: string,
  change: Partial<
    Pick<StoredDelivery, 'attempts' | 'nextAttemptAtMs' | 'state' | 'lastStatus' | 'lastError' | 'endedAtMs'>
  >,
): void {
  store.run(store.db.updateTable('webhook_deliveries').set(change).where('id', '=', id));
}

/** Gives up everything still pending for a URL. */
export function refusePending(store: Store, url: string, reason: string, endedAtMs: number): void {
  store.run(
    store.db
      .updateTable('webhook_deliveries')
      .set({ state: 'refused', lastError: reason, endedAtMs })
      .where('state', '=', 'pending')
      .where('url', '=', url),
  );
}

/** In the order in which they came up. */
export function listRecordingDeliveries(store: Store, recordingId: string): StoredDelivery[] {
  return store
    .all(
      store.db
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('recordingId', '=', recordingId)
        .orderBy('sequence'),
    )
    .map(toDelivery);
}

/** Forgets deliveries that ended long ago, except those that a recording still tells of. */
export function pruneDeliveries(store: Store, endedBeforeMs: number): number {
  return store.run(
    store.db
      .deleteFrom('webhook_deliveries')
      .where('endedAtMs', '<', endedBeforeMs)
      .where((where) =>
        where.or([
          where('recordingId', 'is', null),
          where('recordingId', 'not in', where.selectFrom('recordings').select('recordings.id')),
        ]),
      ),
  ).changes;
}
