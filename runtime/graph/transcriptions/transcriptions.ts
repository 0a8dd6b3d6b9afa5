import {
  RoomflowError,
  type Page,
  type SpeechEngineView,
  type SummarySettings,
  type TranscriptSegment,
  type Transcription,
} from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms } from '../../rooms/index.ts';
import {
  deleteTranscription,
  listSegments,
  listTranscriptions,
  mapPage,
  type PageRequest,
  type Store,
  type TranscriptionFilter,
} from '../../store/index.ts';
import type { RecordingArchive } from '../recording-archive.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { createCompletion } from './completion.ts';
import { createGapFilling } from './gap-filling.ts';
import { createJobs } from './jobs.ts';
import { createPostTranscriptions, type PostTranscriptions } from './post.ts';
import { createRealtimeTranscriptions, type RealtimeTranscriptions } from './realtime.ts';
import { createSpeechSources } from './speech-sources.ts';
import type { TranscribeFile } from './transcribe-sources.ts';
import type { TranscriptArchive } from './transcript-archive.ts';

/** Recognisers take a core each, and nobody waits for a recording's transcript live. */
const JOBS_AT_ONCE = 1;

/** Transcriptions as VideoSDK has them: of live rooms and of recordings. */
export type TranscriptionService = {
  realtime: RealtimeTranscriptions;
  post: Pick<PostTranscriptions, 'start' | 'get' | 'list'>;
  /** Of both types. @throws RoomflowError `transcription-not-found` */
  get(transcriptionId: string): Transcription;
  list(filter: TranscriptionFilter): Page<Transcription>;
  /** What was said, in the order in which it began. */
  segments(transcriptionId: string, page: PageRequest): Page<TranscriptSegment>;
  /** Where a transcript's file lies, for downloads. @throws RoomflowError `file-not-found` */
  file(transcriptionId: string, name: string): { path: string; roomId: string };
  /**
   * Removes a transcription and its files; one that is being made of a recording is broken off.
   *
   * @throws RoomflowError `already-transcribing` for a room that is being transcribed
   */
  delete(type: Transcription['type'], transcriptionId: string): Promise<void>;
  engines(): Promise<SpeechEngineView[]>;
  /** Makes what was not made when the runtime ended. */
  resume(): void;
  /** Breaks off what is being made; it is made after the next start. */
  stop(): Promise<void>;
};

export function createTranscriptionService(options: {
  store: Store;
  events: EventLog;
  rooms: Pick<LiveRooms, 'bySessionId' | 'requireSession'>;
  steps: Pick<StepSupervisor, 'observe' | 'start' | 'stop'>;
  transcripts: TranscriptArchive;
  recordings: Pick<RecordingArchive, 'files'>;
  summary: SummarySettings | undefined;
  transcribe: TranscribeFile;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): TranscriptionService {
  const { store, transcripts } = options;
  const { engines, files, journal, voices } = transcripts;
  const jobs = createJobs(JOBS_AT_ONCE, (error, fields) => {
    options.onError(error, fields);
  });
  const completion = createCompletion({ ...options, journal, files });
  const sources = createSpeechSources({ store, archive: options.recordings, voices });
  const parts = { ...options, engines, journal, completion, sources, voices, jobs };
  const gaps = createGapFilling(parts);
  const realtime = createRealtimeTranscriptions({
    ...parts,
    onCompleted: (sessionId) => {
      gaps.consider(sessionId);
    },
  });
  const post = createPostTranscriptions({ ...parts, gaps });

  return {
    realtime,
    post,
    get: (transcriptionId) => journal.view(journal.require(null, transcriptionId)),
    list: (filter) => mapPage(listTranscriptions(store, filter), (entry) => journal.view(entry)),
    segments: (transcriptionId, page) => listSegments(store, journal.require(null, transcriptionId).id, page),
    file(transcriptionId, name) {
      const { roomId } = journal.require(null, transcriptionId);
      return { path: files.path(transcriptionId, name), roomId };
    },
    async delete(type, transcriptionId) {
      const { status, roomId } = journal.require(type, transcriptionId);
      if (type === 'realtime' && status !== 'completed' && status !== 'failed') {
        throw new RoomflowError(
          'already-transcribing',
          `Transcription "${transcriptionId}" of room "${roomId}" is ${status}; end it before deleting it.`,
        );
      }
      await jobs.abort(transcriptionId);
      deleteTranscription(store, transcriptionId);
      await files.remove(transcriptionId);
    },
    engines: () => engines.views(),
    resume() {
      post.resume();
      completion.resume();
      gaps.consider();
    },
    async stop() {
      post.close();
      await Promise.all([jobs.stop(), completion.stop()]);
    },
  };
}
