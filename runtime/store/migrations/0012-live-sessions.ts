import type { Kysely, Migration } from 'kysely';

/** What a session that a crash cut off needs to go on. Rows are here only while their session is live. */
export const liveSessions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('live_sessions')
      .addColumn('sessionId', 'text', (column) =>
        column.primaryKey().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('occupied', 'integer', (column) => column.notNull())
      .addColumn('pinnedIds', 'text', (column) => column.notNull())
      .execute();

    await db.schema
      .createTable('live_participants')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('live_sessions.sessionId').onDelete('cascade'),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('isServerSide', 'integer', (column) => column.notNull())
      .addColumn('isReconnecting', 'integer', (column) => column.notNull())
      .addColumn('invitedBy', 'text')
      .addColumn('handRaisedAt', 'text')
      .addUniqueConstraint('live_participants_once', ['sessionId', 'participantId'])
      .execute();

    await db.schema
      .createTable('live_tracks')
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('live_sessions.sessionId').onDelete('cascade'),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('trackId', 'text', (column) => column.notNull())
      .addColumn('codec', 'text', (column) => column.notNull())
      .addColumn('muted', 'integer', (column) => column.notNull())
      .addColumn('mutedByHost', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('live_tracks_key', ['sessionId', 'participantId', 'kind'])
      .execute();
  },
};
