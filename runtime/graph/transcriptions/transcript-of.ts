import type { Transcription } from '../../contract/index.ts';
import {
  findSession,
  listRecordingFiles,
  readSegments,
  type Store,
  type StoredTranscription,
} from '../../store/index.ts';
import type { Transcript } from './formats/index.ts';

/** Everything that is stored of a transcription, for its files. */
export function transcriptOf(
  store: Store,
  transcription: StoredTranscription,
  gaps: Transcription['gaps'],
): Transcript {
  const { id, type, roomId, sessionId, recordingId, engine, language, speakersBy } = transcription;
  return {
    id,
    type,
    roomId,
    sessionId,
    recordingId,
    sessionStart: findSession(store, sessionId)?.start ?? transcription.start,
    recordingStartMs: recordingId === null ? null : startOf(store, recordingId),
    engine,
    language,
    speakersBy,
    segments: readSegments(store, id),
    gaps,
  };
}

function startOf(store: Store, recordingId: string): number | null {
  const files = listRecordingFiles(store, [recordingId]).get(recordingId) ?? [];
  return files.length === 0 ? null : Math.min(...files.map(({ startMs }) => startMs));
}
