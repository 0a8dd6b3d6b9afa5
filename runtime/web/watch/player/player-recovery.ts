import type { PlaybackKind } from './player-tuning.ts';

/** What playing failed of: what is fetched, what is decoded, or anything else. */
export type Trouble = 'network' | 'media' | 'other';

export type Remedy =
  | { action: 'recover-media' }
  /** Throws the player away and begins anew. */
  | { action: 'restart'; afterMs: number }
  | { action: 'give-up' };

export type TroubleHistory = {
  /** Failures since it last played for a while. */
  failures: number;
  /** Milliseconds since media was last recovered; Infinity when it never was. */
  sinceMediaRecoveryMs: number;
};

const LONGEST_WAIT_MS = 8_000;
const MEDIA_RECOVERY_HOLDS_MS = 5_000;
const REPLAY_ATTEMPTS = 4;

/**
 * What to do when playing has failed for good by itself. A live stream is tried again for as long as the runtime says
 * that there is one; a replay that fails again and again will not come.
 */
export function remedyFor(trouble: Trouble, kind: PlaybackKind, history: TroubleHistory): Remedy {
  if (trouble === 'media' && history.sinceMediaRecoveryMs > MEDIA_RECOVERY_HOLDS_MS) {
    return { action: 'recover-media' };
  }
  if (kind === 'replay' && history.failures >= REPLAY_ATTEMPTS) {
    return { action: 'give-up' };
  }
  return { action: 'restart', afterMs: Math.min(LONGEST_WAIT_MS, 500 * 2 ** history.failures) };
}
