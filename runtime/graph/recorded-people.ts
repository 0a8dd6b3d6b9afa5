import type { EventLog } from '../events/index.ts';
import type { LiveRooms } from '../rooms/index.ts';

/** A recording that runs now. */
export type RunningRecording = {
  stepId: string;
  sessionId: string;
  /** What is recorded: no two recordings of a session have the same. */
  subject: string;
  /** Whom it shows or sounds. */
  people: 'everybody' | ReadonlySet<string>;
};

/**
 * Which recordings run, and whom each client is told to be recorded: everybody of whom any recording has begun, also
 * those who come while the room is being recorded.
 */
export type RecordedPeople = {
  /** Takes a subject, before the recording has begun. */
  take(recording: RunningRecording): void;
  /** The step that records a subject. */
  stepOf(sessionId: string, subject: string): string | undefined;
  stepIds(): string[];
  begun(stepId: string): void;
  release(stepId: string): void;
  close(): void;
};

export function createRecordedPeople(rooms: LiveRooms, events: EventLog): RecordedPeople {
  const running = new Map<string, RunningRecording>();
  const begun = new Set<string>();
  /** Whom the clients of each session know to be recorded. */
  const shown = new Map<string, Set<string>>();

  const isRecorded = (sessionId: string, participantId: string): boolean =>
    [...begun].some((stepId) => {
      const recording = running.get(stepId);
      return (
        recording?.sessionId === sessionId &&
        (recording.people === 'everybody' || recording.people.has(participantId))
      );
    });

  function show(sessionId: string): void {
    const session = rooms.bySessionId(sessionId);
    if (!session) {
      shown.delete(sessionId);
      return;
    }
    const known = shown.get(sessionId) ?? new Set<string>();
    shown.set(sessionId, known);
    const present = session.present().map(({ participantId }) => participantId);
    for (const participantId of new Set([...present, ...known])) {
      const recorded = isRecorded(sessionId, participantId);
      if (recorded !== known.has(participantId)) {
        if (recorded) {
          known.add(participantId);
        } else {
          known.delete(participantId);
        }
        session.showRecording(participantId, recorded);
      }
    }
    if (known.size === 0) {
      shown.delete(sessionId);
    }
  }

  const joins = events.subscribe(
    { types: ['participant-joined'] },
    {
      onEvent({ sessionId, data }) {
        if (sessionId !== null && 'participantId' in data && typeof data.participantId === 'string') {
          // Who comes back was forgotten by the others' clients.
          shown.get(sessionId)?.delete(data.participantId);
          if (isRecorded(sessionId, data.participantId)) {
            show(sessionId);
          }
        }
      },
    },
  );

  return {
    take(recording) {
      running.set(recording.stepId, recording);
    },
    stepOf: (sessionId, subject) =>
      [...running.values()].find(
        (recording) => recording.sessionId === sessionId && recording.subject === subject,
      )?.stepId,
    stepIds: () => [...running.keys()],
    begun(stepId) {
      const recording = running.get(stepId);
      if (recording) {
        begun.add(stepId);
        show(recording.sessionId);
      }
    },
    release(stepId) {
      const recording = running.get(stepId);
      running.delete(stepId);
      if (begun.delete(stepId) && recording) {
        show(recording.sessionId);
      }
    },
    close() {
      joins.unsubscribe();
    },
  };
}
