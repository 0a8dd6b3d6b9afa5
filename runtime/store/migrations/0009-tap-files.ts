import type { Kysely, Migration } from 'kysely';

/** Pictures and utterances that taps leave behind for a while. */
export const tapFiles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('tap_files')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('stepId', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('tap_files_by_createdat').on('tap_files').column('createdAt').execute();
  },
};
