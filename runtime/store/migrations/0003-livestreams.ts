import type { Kysely, Migration } from 'kysely';
import { sql } from 'kysely';

/** Broadcasts to RTMP servers. Their stream keys are not stored. */
export const livestreams: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('livestreams')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('stepId', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addColumn('outputs', 'text', (column) => column.notNull())
      .addColumn('recordingId', 'text')
      .addColumn('error', 'text')
      .addColumn('webhookUrl', 'text')
      .addColumn('callbackUrl', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('livestreams_by_room').on('livestreams').column('roomId').execute();
    await db.schema.createIndex('livestreams_by_session').on('livestreams').column('sessionId').execute();
    await sql`create index livestreams_live on livestreams (status) where "end" is null`.execute(db);
  },
};
