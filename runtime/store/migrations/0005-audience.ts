import type { Kysely, Migration } from 'kysely';

/** What the people who watch do, and who was on stage when. */
export const audience: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('polls')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('question', 'text', (column) => column.notNull())
      .addColumn('options', 'text', (column) => column.notNull())
      .addColumn('hideResults', 'integer', (column) => column.notNull())
      .addColumn('createdById', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .addColumn('closesAt', 'text')
      .addColumn('closedAt', 'text')
      .execute();
    await db.schema.createIndex('polls_by_room').on('polls').column('roomId').execute();
    await db.schema.createIndex('polls_by_session').on('polls').column('sessionId').execute();

    await db.schema
      .createTable('poll_votes')
      .addColumn('pollId', 'text', (column) => column.notNull().references('polls.id').onDelete('cascade'))
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('optionId', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('poll_votes_once', ['pollId', 'participantId'])
      .execute();

    await db.schema
      .createTable('questions')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('participantName', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('answer', 'text')
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .addColumn('answeredAt', 'text')
      .execute();
    await db.schema.createIndex('questions_by_room').on('questions').column('roomId').execute();
    await db.schema.createIndex('questions_by_session').on('questions').column('sessionId').execute();

    await db.schema
      .createTable('question_upvotes')
      .addColumn('questionId', 'text', (column) =>
        column.notNull().references('questions.id').onDelete('cascade'),
      )
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('question_upvotes_once', ['questionId', 'participantId'])
      .execute();

    await db.schema
      .createTable('gifts')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text', (column) =>
        column.notNull().references('sessions.id').onDelete('cascade'),
      )
      .addColumn('gift', 'text', (column) => column.notNull())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('fromId', 'text', (column) => column.notNull())
      .addColumn('fromName', 'text', (column) => column.notNull())
      .addColumn('toId', 'text')
      .addColumn('toName', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('gifts_by_room').on('gifts').column('roomId').execute();
    await db.schema.createIndex('gifts_by_session').on('gifts').column('sessionId').execute();

    await db.schema
      .createTable('mode_timelog')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('sessionId', 'text', (column) => column.notNull())
      .addColumn('participantId', 'text', (column) => column.notNull())
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('start', 'text', (column) => column.notNull())
      .addColumn('end', 'text')
      .addForeignKeyConstraint(
        'mode_timelog_participant',
        ['sessionId', 'participantId'],
        'participants',
        ['sessionId', 'participantId'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createIndex('mode_timelog_by_participant')
      .on('mode_timelog')
      .columns(['sessionId', 'participantId'])
      .execute();
  },
};
