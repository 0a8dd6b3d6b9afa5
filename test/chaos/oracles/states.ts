/** Anything that has a life and has come to an end by now, as the API shows it. */
export type Ending = {
  /** Such as `step record stp_1`. */
  what: string;
  state: string;
  /** Why, where it says so. */
  why?: string;
};

/** The one way in which everything of a run ends well, whatever was killed meanwhile. */
const wellEnded: readonly string[] = ['finished', 'completed', 'stopped', 'ended'];

/** What has not ended, or not well, in words. */
export function notEndedWell(endings: readonly Ending[]): string[] {
  return endings
    .filter(({ state }) => !wellEnded.includes(state))
    .map(({ what, state, why = '' }) => `${what} is ${state}${why === '' ? '' : ` (${why})`}`);
}

/** Still on its way to an end; the others have had theirs. */
export function stillLive(endings: readonly Ending[]): string[] {
  const final = [...wellEnded, 'failed', 'cancelled'];
  return notEndedWell(endings.filter(({ state }) => !final.includes(state)));
}

/** A file as its row says, and as it lies on the disk (null: it does not). */
export type KeptFile = { path: string; saidBytes: number; bytes: number | null };

/**
 * What the store says of files that the disk does not, and the other way round.
 *
 * @param onDisk every file in the folder of the session's recordings
 */
export function notAsOnDisk(files: readonly KeptFile[], onDisk: readonly string[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  return [
    ...files
      .filter(({ saidBytes, bytes }) => bytes !== saidBytes)
      .map(({ path, saidBytes, bytes }) => `${path} has ${bytes ?? 'no'} bytes, its row says ${saidBytes}`),
    ...onDisk.filter((path) => !known.has(path)).map((path) => `${path} is on the disk and in no row`),
  ];
}
