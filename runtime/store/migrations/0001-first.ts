import type { Kysely, Migration } from 'kysely';
import { sql } from 'kysely';

const cascade = 'cascade';

/** Rooms, sessions and all that happens in them. */
export const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('meta')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();

    await db.schema
      .createTable('rooms')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('customRoomId', 'text', (column) => column.unique())
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('webhook', 'text')
      .addColumn('autoCloseConfig', 'text')
      .addColumn('allowedParticipantIds', 'text')
      .addColumn('maxParticipants', 'integer')
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .addColumn('updatedAt', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('rooms_by_age').on('rooms').columns(['createdAt', 'id']).execute();

    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('roomId', 'text', (column) => column.notNull().references('rooms.id').onDelete(cascade))
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addColumn('endReason', 'text')
      .addColumn('activeDurationSeconds', 'real', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('sessions_by_room').on('sessions').columns(['roomId', 'start']).execute();
    await db.schema.createIndex('sessions_by_age').on('sessions').columns(['start', 'id']).execute();
    // Few sessions are live: a partial index stays as small as they are.
    await sql`create index sessions_live on sessions ("roomId") where "end" is null`.execute(db);

    await db.schema
      .createTable('participants')
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete(cascade),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('permissions', 'text', (column) => column.notNull())
      .addColumn('metaData', 'text', (column) => column.notNull())
      .addColumn('resumeTokenHash', 'text')
      .addColumn('userAgent', 'text', (column) => column.notNull())
      .addColumn('joinedAt', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('participants_key', ['sessionId', 'participantId'])
      .execute();
    await db.schema
      .createIndex('participants_by_resume_token')
      .on('participants')
      .column('resumeTokenHash')
      .execute();

    for (const table of ['participant_timelog', 'track_timelog'] as const) {
      await db.schema
        .createTable(table)
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('sessionId', 'text', (column) => column.notNull())
        .addColumn('participantId', 'text', (column) => column.notNull())
        .$call((builder) =>
          table === 'track_timelog'
            ? builder.addColumn('kind', 'text', (column) => column.notNull())
            : builder,
        )
        .addColumn('start', 'text', (column) => column.notNull())
        .addColumn('end', 'text')
        .addForeignKeyConstraint(
          `${table}_participant`,
          ['sessionId', 'participantId'],
          'participants',
          ['sessionId', 'participantId'],
          (constraint) => constraint.onDelete(cascade),
        )
        .execute();
      await db.schema
        .createIndex(`${table}_by_participant`)
        .on(table)
        .columns(['sessionId', 'participantId'])
        .execute();
      await sql`create index ${sql.ref(`${table}_open`)} on ${sql.table(table)} ("sessionId") where "end" is null`.execute(
        db,
      );
    }

    await db.schema
      .createTable('messages')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete(cascade),
      )
      .addColumn('topic', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('senderId', 'text', (column) => column.notNull())
      .addColumn('senderName', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('sendOnly', 'text')
      .addColumn('persist', 'integer', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('messages_by_session')
      .on('messages')
      .columns(['sessionId', 'topic'])
      .execute();
    await db.schema.createIndex('messages_in_order').on('messages').column('sessionId').execute();
    await db.schema.createIndex('messages_by_room').on('messages').column('roomId').execute();

    await db.schema
      .createTable('steps')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete(cascade),
      )
      .addColumn('participantId', 'text')
      .addColumn('trackIds', 'text', (column) => column.notNull())
      .addColumn('params', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('paused', 'integer', (column) => column.notNull())
      .addColumn('recordingId', 'text')
      .addColumn('fromStepId', 'text')
      .addColumn('progress', 'text', (column) => column.notNull())
      .addColumn('startedAt', 'text', (column) => column.notNull())
      .addColumn('endedAt', 'text')
      .execute();
    await db.schema.createIndex('steps_by_room').on('steps').columns(['roomId', 'state']).execute();
    await db.schema.createIndex('steps_by_session').on('steps').columns(['sessionId', 'state']).execute();
    await sql`create index steps_live on steps (state) where "endedAt" is null`.execute(db);

    await db.schema
      .createTable('step_transitions')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('stepId', 'text', (column) => column.notNull().references('steps.id').onDelete(cascade))
      .addColumn('from', 'text', (column) => column.notNull())
      .addColumn('to', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('step_transitions_by_step').on('step_transitions').column('stepId').execute();

    await db.schema
      .createTable('recordings')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('stepId', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) => column.notNull())
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('fileFormat', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addColumn('error', 'text')
      .addColumn('webhookUrl', 'text')
      .addColumn('callbackUrl', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('recordings_by_session')
      .on('recordings')
      .columns(['sessionId', 'participantId'])
      .execute();
    await db.schema.createIndex('recordings_by_room').on('recordings').columns(['roomId', 'mode']).execute();
    await sql`create index recordings_live on recordings (status) where "end" is null`.execute(db);

    await db.schema
      .createTable('recording_files')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('recordingId', 'text', (column) =>
        column.notNull().references('recordings.id').onDelete(cascade),
      )
      .addColumn('part', 'integer', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('sizeBytes', 'integer', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('format', 'text', (column) => column.notNull())
      .addColumn('videoCodec', 'text')
      .addColumn('audioCodec', 'text')
      .addColumn('width', 'integer')
      .addColumn('height', 'integer')
      .addColumn('durationSeconds', 'real', (column) => column.notNull())
      .addColumn('startMs', 'real', (column) => column.notNull())
      .addColumn('endMs', 'real', (column) => column.notNull())
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .addColumn('updatedAt', 'text', (column) => column.notNull())
      .addUniqueConstraint('recording_files_part', ['recordingId', 'part'])
      .execute();

    await db.schema
      .createTable('events')
      .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text')
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('events_by_room').on('events').columns(['roomId', 'seq']).execute();
    await db.schema.createIndex('events_by_age').on('events').column('at').execute();

    await db.schema
      .createTable('webhook_deliveries')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('eventId', 'text')
      .addColumn('recordingId', 'text')
      .addColumn('roomId', 'text')
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('createdAtMs', 'integer', (column) => column.notNull())
      .addColumn('nextAttemptAtMs', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('lastStatus', 'integer')
      .addColumn('lastError', 'text')
      .addColumn('endedAtMs', 'integer')
      .execute();
    await sql`create index webhook_deliveries_pending on webhook_deliveries (url, sequence) where state = 'pending'`.execute(
      db,
    );
    await sql`create index webhook_deliveries_next on webhook_deliveries (url, "nextAttemptAtMs", sequence) where state = 'pending'`.execute(
      db,
    );
    await sql`create index webhook_deliveries_by_recording on webhook_deliveries ("recordingId") where "recordingId" is not null`.execute(
      db,
    );
    await sql`create index webhook_deliveries_ended on webhook_deliveries ("endedAtMs") where "endedAtMs" is not null`.execute(
      db,
    );
  },
};
