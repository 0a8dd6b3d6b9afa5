import type { Kysely, Migration } from 'kysely';

/** What a recording of more than one participant was made of. */
export const composedRecordings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('recordings').addColumn('composed', 'text').execute();
    await db.schema.alterTable('recordings').addColumn('merged', 'text').execute();
  },
};
