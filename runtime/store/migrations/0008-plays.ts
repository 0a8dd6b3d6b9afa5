import type { Kysely, Migration } from 'kysely';

/** What was spoken and played into rooms by the runtime. */
export const plays: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('plays')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('stepId', 'text')
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('text', 'text')
      .addColumn('url', 'text')
      .addColumn('voice', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('playedMs', 'real', (column) => column.notNull())
      .addColumn('start', 'text')
      .addColumn('end', 'text')
      .addColumn('error', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .execute();
    for (const column of ['roomId', 'sessionId', 'status'] as const) {
      await db.schema.createIndex(`plays_by_${column.toLowerCase()}`).on('plays').column(column).execute();
    }
  },
};
