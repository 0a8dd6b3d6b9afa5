import type { Selectable } from 'kysely';
import type { Static } from 'typebox';
import type { AutoCloseConfig, Page, WebhookTarget } from '../contract/index.ts';
import { fromNullableJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import { mapPage, readPage, type PageRequest } from './paging.ts';
import type { Database } from './schema.ts';

/** A room as it is kept. */
export type StoredRoom = {
  id: string;
  customRoomId: string | null;
  /** Closed for now or for good. */
  disabled: boolean;
  /** Closed for good: disabled, and never enabled again. */
  deactivated: boolean;
  webhook: Static<typeof WebhookTarget> | null;
  autoCloseConfig: Static<typeof AutoCloseConfig> | null;
  allowedParticipantIds: string[] | null;
  maxParticipants: number | null;
  maxForwardedSpeakers: number | null;
  createdAt: string;
  updatedAt: string;
};

const toRoom = (row: Selectable<Database['rooms']>): StoredRoom => ({
  ...row,
  disabled: row.disabled === 1,
  deactivated: row.deactivated === 1,
  webhook: fromNullableJson(row.webhook),
  autoCloseConfig: fromNullableJson(row.autoCloseConfig),
  allowedParticipantIds: fromNullableJson(row.allowedParticipantIds),
});

/**
 * Both names of a room live in one space, so that either finds it.
 *
 * @returns false when a room already answers to either name; nothing is written then
 */
export function insertRoom(store: Store, room: StoredRoom): boolean {
  return store.transact(() => {
    const taken = [room.id, room.customRoomId].some(
      (name) => name !== null && findRoom(store, name) !== undefined,
    );
    if (!taken) {
      store.run(
        store.db.insertInto('rooms').values({
          ...room,
          disabled: room.disabled ? 1 : 0,
          deactivated: room.deactivated ? 1 : 0,
          webhook: toNullableJson(room.webhook),
          autoCloseConfig: toNullableJson(room.autoCloseConfig),
          allowedParticipantIds: toNullableJson(room.allowedParticipantIds),
        }),
      );
    }
    return !taken;
  });
}

/** By its id or its custom id; the id goes first. */
export function findRoom(store: Store, roomId: string): StoredRoom | undefined {
  const byId = store.first(store.db.selectFrom('rooms').selectAll().where('id', '=', roomId));
  const row =
    byId ?? store.first(store.db.selectFrom('rooms').selectAll().where('customRoomId', '=', roomId));
  return row === undefined ? undefined : toRoom(row);
}

/** Newest first. */
export function listRooms(store: Store, request: PageRequest): Page<StoredRoom> {
  const query = store.db.selectFrom('rooms').selectAll().orderBy('createdAt', 'desc').orderBy('id', 'desc');
  return mapPage(readPage(store, query, request), toRoom);
}

/** Changes the given fields. @returns false when there is no such room */
export function updateRoom(
  store: Store,
  id: string,
  change: Partial<Pick<StoredRoom, 'disabled' | 'deactivated' | 'webhook' | 'autoCloseConfig'>> & {
    updatedAt: string;
  },
): boolean {
  const { disabled, deactivated, webhook, autoCloseConfig, updatedAt } = change;
  const { changes } = store.run(
    store.db
      .updateTable('rooms')
      .set({
        updatedAt,
        ...(disabled === undefined ? {} : { disabled: disabled ? 1 : 0 }),
        ...(deactivated === undefined ? {} : { deactivated: deactivated ? 1 : 0 }),
        ...(webhook === undefined ? {} : { webhook: toNullableJson(webhook) }),
        ...(autoCloseConfig === undefined ? {} : { autoCloseConfig: toNullableJson(autoCloseConfig) }),
      })
      .where('id', '=', id),
  );
  return changes > 0;
}
