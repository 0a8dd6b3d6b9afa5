import { Migrator, type Kysely, type MigrationProvider } from 'kysely';
import { first } from './0001-first.ts';
import { deactivatedRooms } from './0002-deactivated-rooms.ts';
import { livestreams } from './0003-livestreams.ts';
import { hlsStreams } from './0004-hls-streams.ts';
import { audience } from './0005-audience.ts';
import { composedRecordings } from './0006-composed-recordings.ts';
import { transcriptions } from './0007-transcriptions.ts';
import { plays } from './0008-plays.ts';
import { tapFiles } from './0009-tap-files.ts';
import { graphs } from './0010-graphs.ts';
import { resumableSteps } from './0011-resumable-steps.ts';
import { liveSessions } from './0012-live-sessions.ts';
import { forwardedSpeakers } from './0013-forwarded-speakers.ts';

// In code and not in files: the bundle has no folder of migrations.
const provider: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '0001-first': first,
      '0002-deactivated-rooms': deactivatedRooms,
      '0003-livestreams': livestreams,
      '0004-hls-streams': hlsStreams,
      '0005-audience': audience,
      '0006-composed-recordings': composedRecordings,
      '0007-transcriptions': transcriptions,
      '0008-plays': plays,
      '0009-tap-files': tapFiles,
      '0010-graphs': graphs,
      '0011-resumable-steps': resumableSteps,
      '0012-live-sessions': liveSessions,
      '0013-forwarded-speakers': forwardedSpeakers,
    }),
};

/** Brings the database to the newest schema. The caller holds the transaction around it. */
export async function migrate<D>(db: Kysely<D>): Promise<void> {
  const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'an unknown one';
    throw new Error(`Migration ${failed} did not go through`, { cause: error });
  }
}
