import type { Kysely, Migration } from 'kysely';

/** HLS streams of rooms, while they run and after. */
export const hlsStreams: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('hls_streams')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('stepId', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('playable', 'integer', (column) => column.notNull())
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addColumn('durationSeconds', 'real', (column) => column.notNull())
      .addColumn('directory', 'text', (column) => column.notNull())
      .addColumn('protected', 'integer', (column) => column.notNull())
      .addColumn('recordingId', 'text')
      .addColumn('error', 'text')
      .addColumn('webhookUrl', 'text')
      .addColumn('callbackUrl', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('hls_streams_by_room').on('hls_streams').column('roomId').execute();
    await db.schema.createIndex('hls_streams_by_session').on('hls_streams').column('sessionId').execute();
    await db.schema.createIndex('hls_streams_by_step').on('hls_streams').column('stepId').execute();
  },
};
