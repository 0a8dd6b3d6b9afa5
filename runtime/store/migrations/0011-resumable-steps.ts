import type { Kysely, Migration } from 'kysely';

/** What a step needs to go on after a crash, beside what may be shown of it; and which recordings go along with a broadcast. */
export const resumableSteps: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('steps').addColumn('sealed', 'text').execute();
    await db.schema.alterTable('steps').addColumn('failure', 'text').execute();
    await db.schema
      .alterTable('recordings')
      .addColumn('beside', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
