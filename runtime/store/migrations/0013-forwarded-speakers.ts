import type { Kysely, Migration } from 'kysely';

/** How many microphones of a room are forwarded at a time, where it is not the runtime's own number. */
export const forwardedSpeakers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('rooms').addColumn('maxForwardedSpeakers', 'integer').execute();
  },
};
