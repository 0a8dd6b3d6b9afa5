import { RoomflowError, finalStepStates, type StepParams } from '../contract/index.ts';
import type { LiveRooms, LiveSession, Participant } from '../rooms/index.ts';
import type { HandedConnection } from '../steps/index.ts';
import type { StepSupervisor } from './supervisor.ts';

const DEFAULT_NAME = 'Assistant';

/** Connections whose clients speak into rooms, each a server-side participant, on top of `publish` steps. */
export type PublishService = {
  /**
   * Lets the participant in and hands its connection to where the room lives.
   *
   * @throws RoomflowError `no-live-session`, `room-full`, `invalid-request` for an id that somebody has; the connection
   * is the caller's then, as it was
   */
  connect(
    roomId: string,
    request: Omit<StepParams<'publish'>, 'participantId'> & {
      participantId?: string | undefined;
      name?: string | undefined;
    },
    connection: HandedConnection,
  ): Promise<void>;
};

export function createPublishService(options: { rooms: LiveRooms; steps: StepSupervisor }): PublishService {
  const { rooms, steps } = options;
  const speaking = new Map<string, { session: LiveSession; participant: Participant }>();

  function leave(stepId: string, reason: string): void {
    const speaker = speaking.get(stepId);
    speaking.delete(stepId);
    if (speaker?.participant.isPresent === true) {
      speaker.session.leave(speaker.participant, reason);
    }
  }

  steps.observe('publish', {
    check() {
      // Whoever speaks has been let in by then.
    },
    created(step, session) {
      speaking.set(step.id, { session, participant: session.require(step.participantId ?? '') });
      return { recordingId: null };
    },
    changed({ stored }, _from, to, reason) {
      if (finalStepStates.some((state) => state === to)) {
        leave(stored.id, reason);
      }
    },
    asset() {
      // It leaves nothing behind.
    },
    paused() {
      // It cannot be paused.
    },
  });

  return {
    async connect(roomId, { participantId, name = DEFAULT_NAME, ...sound }, connection) {
      const session = rooms.requireSession(roomId);
      if (participantId !== undefined && session.find(participantId)?.isPresent === true) {
        throw new RoomflowError(
          'invalid-request',
          `Participant "${participantId}" is in room "${session.roomId}" already; publish as another, or leave participantId out.`,
        );
      }
      const participant = session.admitServerSide({ participantId, name, metaData: null });
      try {
        const { stepId } = await steps.start(session.roomId, {
          step: 'publish',
          with: { ...sound, participantId: participant.participantId },
        });
        await steps.connect(stepId, connection);
      } catch (error) {
        session.leave(participant, 'publish-failed');
        throw error;
      }
    },
  };
}
