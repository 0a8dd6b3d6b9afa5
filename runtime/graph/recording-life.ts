import type { EventType, RecordingStatus, StepState } from '../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../events/index.ts';
import { updateRecording, type Store, type StoredRecording } from '../store/index.ts';
import type { LiveStep } from './live-step.ts';
import type { RecordingArchive } from './recording-archive.ts';

export type RecordingFailure = { code: string; message: string };

/** What happens to a recording while its step runs: kept, and told under the names of its kind. */
export type RecordingLife = {
  /** The recording of a step. @throws RoomflowError `recording-not-found` */
  of(step: LiveStep): StoredRecording;
  changed(step: LiveStep, to: StepState): void;
  /** The recording of a step that goes on after the runtime was killed: what was told of it is not told again. */
  restored(recording: StoredRecording): void;
  paused(step: LiveStep, paused: boolean): void;
  /** Completed or failed: written once, told once, the callback called once. */
  end(recording: StoredRecording, cause: RecordingFailure | null, at?: string): void;
};

/** Who has to know when recordings begin and end. */
export type RecordingWatcher = {
  started(recording: StoredRecording): void;
  /** Stops, or is over: called at least once. */
  stopping(recording: StoredRecording): void;
};

const eventPrefixes: Record<StoredRecording['mode'], string> = {
  participant: 'participant-recording',
  track: 'participant-track-recording',
  meeting: 'recording',
  composite: 'composite-recording',
  merge: 'merge-recording',
};

const nothingRecorded: RecordingFailure = {
  code: 'recording-failed',
  message: 'Nothing was recorded: the recording was ended before any media had come.',
};

export function createRecordingLife(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  archive: RecordingArchive;
  watcher: RecordingWatcher;
}): RecordingLife {
  const { store, events, webhooks, archive, watcher } = options;
  /** Recordings whose start has been told. */
  const told = new Set<string>();

  function setStatus(recording: StoredRecording, status: RecordingStatus): void {
    recording.status = status;
    updateRecording(store, recording.id, { status });
  }

  /** Appends an event of the recording; the job's own webhook follows from it. */
  function append(recording: StoredRecording, type: string, extra: Record<string, unknown>): void {
    events.append(type as EventType, {
      roomId: recording.roomId,
      sessionId: recording.sessionId,
      data: { recordingId: recording.id, ...subjectOf(recording), ...extra },
    });
  }

  const tell = (recording: StoredRecording, moment: string, extra: Record<string, unknown> = {}): void => {
    append(recording, `${eventPrefixes[recording.mode]}-${moment}`, extra);
  };

  function end(
    recording: StoredRecording,
    cause: RecordingFailure | null,
    at = new Date().toISOString(),
  ): void {
    const files = archive.files(recording.id);
    const [first] = files;
    const failure = cause ?? (first ? null : nothingRecorded);
    store.transact(() => {
      updateRecording(store, recording.id, {
        status: failure ? 'failed' : 'completed',
        end: at,
        error: failure,
        ...(first ? { fileFormat: first.format } : {}),
      });
      const ended = archive.require(null, recording.id);
      if (failure) {
        tell(ended, 'failed', failure);
      } else if (ended.mode === 'merge') {
        tell(ended, 'completed', first ? placeOf(archive.detail(first)) : {});
      } else {
        const fileDetails = files.map((file) => archive.detail(file));
        const place = first && ended.composed ? placeOf(archive.detail(first)) : {};
        tell(ended, 'stopped', { ...place, fileDetails });
      }
      if (ended.callbackUrl !== null) {
        webhooks.enqueueCallback({
          recordingId: ended.id,
          roomId: ended.roomId,
          url: ended.callbackUrl,
          body: ended.composed ? archive.composedView(ended) : archive.view(ended),
        });
      }
    });
  }

  const of = (step: LiveStep): StoredRecording => archive.require(null, step.stored.recordingId ?? '');

  return {
    of,
    end,
    restored(recording) {
      if (recording.status === 'running' || recording.status === 'paused') {
        told.add(recording.id);
        watcher.started(recording);
      }
    },
    changed(step, to) {
      const recording = of(step);
      switch (to) {
        case 'starting':
          tell(recording, 'starting');
          break;
        case 'running':
          setStatus(recording, step.stored.paused ? 'paused' : 'running');
          if (!told.has(recording.id)) {
            // Once, also when the first worker was lost before it had begun.
            told.add(recording.id);
            tell(recording, 'started');
            watcher.started(recording);
          }
          break;
        case 'stopping':
          setStatus(recording, 'stopping');
          // Free at once: who comes back while a long file is being finished can be recorded anew.
          watcher.stopping(recording);
          tell(recording, 'stopping');
          break;
        case 'finished':
        case 'failed':
        case 'cancelled':
          watcher.stopping(recording);
          told.delete(recording.id);
          end(
            recording,
            to === 'finished'
              ? null
              : (step.failure ?? { code: 'recording-failed', message: step.stored.reason }),
          );
          break;
        default:
      }
    },
    paused(step, paused) {
      const recording = of(step);
      setStatus(recording, paused ? 'paused' : 'running');
      append(recording, paused ? 'recording-paused' : 'recording-resumed', {});
    },
  };
}

/** What the events of a recording say of what is recorded. */
function subjectOf(recording: StoredRecording): Record<string, unknown> {
  const { mode, id, stepId, participantId, kind, fileFormat } = recording;
  switch (mode) {
    case 'participant':
      return { stepId, participantId, fileFormat };
    case 'track':
      return { stepId, participantId, kind };
    case 'meeting':
    case 'composite':
      return { stepId };
    case 'merge':
      return { id };
  }
}

const placeOf = ({ filePath, fileUrl }: { filePath: string; fileUrl: string }) => ({ filePath, fileUrl });
