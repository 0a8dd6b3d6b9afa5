import { silentConnection } from './connection.ts';
import { Participant } from './participant.ts';
import type { ParticipantSnapshot } from './session-snapshot.ts';

/**
 * Somebody of a session that a crash cut off: with its tracks, and without a wire until it shows its resume token.
 * Those who speak by the runtime need none.
 */
export function restoreParticipant(
  snapshot: ParticipantSnapshot,
  { sessionId, graceMs }: { sessionId: string; graceMs: number },
): Participant {
  const { resumeTokenHash, tracks, userAgent, isReconnecting: _isReconnecting, ...identity } = snapshot;
  const participant = new Participant({
    ...identity,
    sessionId,
    graceMs,
    connection: silentConnection(userAgent),
    arrival: identity.isServerSide ? 'enters' : 'cut-off',
    ...(resumeTokenHash === null ? {} : { resumeTokenHash }),
  });
  for (const track of tracks) {
    participant.tracks.set(track.kind, track);
  }
  participant.hasLostMedia = !participant.isViewer;
  return participant;
}
