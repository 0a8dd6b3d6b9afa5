import type { Kysely, Migration } from 'kysely';

/** What was said: transcriptions, their segments and gaps, and the voices that are kept for them meanwhile. */
export const transcriptions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('transcriptions')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('stepId', 'text')
      // No reference: a transcript outlives the recording it is of.
      .addColumn('recordingId', 'text')
      .addColumn('engine', 'text', (column) => column.notNull())
      .addColumn('language', 'text')
      .addColumn('speakersBy', 'text')
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addColumn('formats', 'text', (column) => column.notNull())
      .addColumn('finishedSources', 'text', (column) => column.notNull())
      .addColumn('summaryStatus', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addColumn('error', 'text')
      .addColumn('webhookUrl', 'text')
      .addColumn('callbackUrl', 'text')
      .addColumn('metadata', 'text', (column) => column.notNull())
      .execute();
    for (const column of ['roomId', 'sessionId', 'stepId', 'recordingId', 'status'] as const) {
      await db.schema
        .createIndex(`transcriptions_by_${column.toLowerCase()}`)
        .on('transcriptions')
        .column(column)
        .execute();
    }

    await db.schema
      .createTable('transcript_segments')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('transcriptionId', 'text', (column) =>
        column.notNull().references('transcriptions.id').onDelete('cascade'),
      )
      .addColumn('segmentId', 'text', (column) => column.notNull())
      .addColumn('participantId', 'text')
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('startMs', 'real', (column) => column.notNull())
      .addColumn('endMs', 'real', (column) => column.notNull())
      .addColumn('language', 'text')
      .addColumn('words', 'text')
      .execute();
    await db.schema
      .createIndex('transcript_segments_by_time')
      .on('transcript_segments')
      .columns(['transcriptionId', 'startMs'])
      .execute();

    await db.schema
      .createTable('transcript_gaps')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('transcriptionId', 'text', (column) =>
        column.notNull().references('transcriptions.id').onDelete('cascade'),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('startMs', 'real', (column) => column.notNull())
      .addColumn('endMs', 'real', (column) => column.notNull())
      .addColumn('code', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('filled', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('transcript_gaps_by_transcription')
      .on('transcript_gaps')
      .column('transcriptionId')
      .execute();

    await db.schema
      .createTable('kept_voices')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      // No reference either: the transcript is made of them also when the recording is deleted meanwhile.
      .addColumn('recordingId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) => column.notNull())
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull().unique())
      .addColumn('startMs', 'real', (column) => column.notNull())
      .addColumn('durationSeconds', 'real')
      .execute();
    await db.schema.createIndex('kept_voices_by_recording').on('kept_voices').column('recordingId').execute();
  },
};
