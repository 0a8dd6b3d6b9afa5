import type { Kysely, Migration } from 'kysely';

/** Tells a room that was deactivated, for good, from one that is disabled until it is enabled again. */
export const deactivatedRooms: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('rooms')
      .addColumn('deactivated', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
