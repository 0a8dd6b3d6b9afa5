import { finalStepStates } from '../contract/index.ts';
import type { LiveSession } from '../rooms/index.ts';
import type { StepSupervisor } from './supervisor.ts';

/**
 * Server-side participants speak by steps. After a restart those whose steps have not been taken up have nothing to
 * stay for, and leave.
 */
export function dismissSilentSpeakers(sessions: readonly LiveSession[], steps: StepSupervisor): void {
  for (const session of sessions) {
    const { roomId, sessionId } = session;
    const speakerIds = new Set(
      steps
        .list(roomId, { sessionId })
        .filter(({ state }) => !finalStepStates.some((final) => final === state))
        .map(({ participantId }) => participantId),
    );
    for (const participant of session.present()) {
      if (participant.isServerSide && !speakerIds.has(participant.participantId)) {
        session.leave(participant, 'runtime-restarted');
      }
    }
  }
}
