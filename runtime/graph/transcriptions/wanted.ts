import { RoomflowError, type ErrorCode, type TranscriptionOptions } from '../../contract/index.ts';
import { listOpenTranscriptions, type Store, type StoredRecording } from '../../store/index.ts';
import type { SpeechEngines } from './engine-choice.ts';
import type { TranscriptionJournal } from './journal.ts';

/** Transcripts that are asked for with a recording, before there is anything to transcribe. */
export type WantedTranscripts = {
  /**
   * Refuses what cannot be had, before anything is started.
   *
   * @throws RoomflowError `unknown-engine`, `unsupported-language`, `engine-not-ready`
   */
  allow(asked: TranscriptionOptions | undefined): Promise<void>;
  /** Writes down that a recording, whose row is written, is to be transcribed when it has ended. */
  note(recording: StoredRecording, asked: TranscriptionOptions | undefined): void;
};

export function createWantedTranscripts(options: {
  store: Store;
  engines: SpeechEngines;
  journal: TranscriptionJournal;
}): WantedTranscripts {
  const { store, engines, journal } = options;
  return {
    async allow(asked) {
      if (asked?.enabled === true) {
        await engines.choose(asked);
      }
    },
    note({ id, roomId, sessionId, webhookUrl, metadata }, asked) {
      if (
        asked?.enabled !== true ||
        listOpenTranscriptions(store, { type: 'post', recordingId: id }).length > 0
      ) {
        return;
      }
      store.transact(() => {
        const begun = journal.begin({
          type: 'post',
          roomId,
          sessionId,
          stepId: null,
          recordingId: id,
          engine: engines.nameOf(asked),
          language: asked.language ?? null,
          summary: asked.summary,
          webhookUrl,
          metadata,
        });
        journal.tell(begun.id, 'transcription-starting');
      });
    },
  };
}

/**
 * Refuses a transcript of a broadcast that leaves no recording to transcribe.
 *
 * @param code what the error is called where the broadcast is of that kind
 */
export function requireRecordingBeside(
  params: {
    transcription?: TranscriptionOptions | undefined;
    config?: { recording?: { enabled: boolean } } | undefined;
  },
  code: ErrorCode,
): void {
  if (params.transcription?.enabled === true && params.config?.recording?.enabled !== true) {
    throw new RoomflowError(
      code,
      'transcription.enabled is true, but config.recording.enabled is not: what is transcribed is the recording. Set both, or start POST /ai/v1/realtime-transcriptions/start for the room.',
    );
  }
}
