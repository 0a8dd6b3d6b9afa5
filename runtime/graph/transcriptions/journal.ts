import { randomBytes } from 'node:crypto';
import {
  RoomflowError,
  type EventType,
  type SummaryStatus,
  type Transcription,
  type TranscriptionOptions,
} from '../../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import {
  countSegments,
  findSession,
  findTranscription,
  insertTranscription,
  listGaps,
  updateTranscription,
  type Store,
  type StoredSummary,
  type StoredTranscription,
} from '../../store/index.ts';
import type { TranscriptFiles } from './transcript-files.ts';

type TranscriptionEvent = Extract<EventType, `transcription-${string}`>;

/** What must be known to write a transcription down, before anything of it is started. */
export type NewTranscription = Pick<
  StoredTranscription,
  'type' | 'roomId' | 'sessionId' | 'stepId' | 'recordingId' | 'engine' | 'language'
> &
  Partial<Pick<StoredTranscription, 'webhookUrl' | 'callbackUrl' | 'metadata' | 'start'>> & {
    summary: TranscriptionOptions['summary'];
  };

/** What is written of transcriptions and told of them. */
export type TranscriptionJournal = {
  /** @throws RoomflowError `transcription-not-found`, also for one of the other type */
  require(type: Transcription['type'] | null, transcriptionId: string): StoredTranscription;
  begin(transcription: NewTranscription): StoredTranscription;
  tell(transcriptionId: string, type: TranscriptionEvent, extra?: Record<string, unknown>): void;
  /** The transcript is there; told once its summary is settled too. */
  completed(transcriptionId: string, at?: string): void;
  /** A summary is made, or will not be. */
  summarised(transcriptionId: string, summary: Pick<StoredSummary, 'status' | 'text' | 'error'>): void;
  failed(transcriptionId: string, failure: { code: string; message: string }, at?: string): void;
  view(transcription: StoredTranscription): Transcription;
};

export function createTranscriptionJournal(options: {
  store: Store;
  events: EventLog;
  webhooks: Pick<WebhookDelivery, 'enqueueCallback'>;
  files: TranscriptFiles;
  /** Whether the operator has set an endpoint that writes summaries. */
  canSummarise: boolean;
}): TranscriptionJournal {
  const { store, events, webhooks, files } = options;

  function find(transcriptionId: string): StoredTranscription {
    const transcription = findTranscription(store, transcriptionId);
    if (!transcription) {
      throw new RoomflowError('transcription-not-found', `There is no transcription "${transcriptionId}".`);
    }
    return transcription;
  }

  const statusOf = (summary: TranscriptionOptions['summary']): SummaryStatus =>
    summary?.enabled !== true ? 'disabled' : options.canSummarise ? 'pending' : 'not-configured';

  function tell(
    transcriptionId: string,
    type: TranscriptionEvent,
    extra: Record<string, unknown> = {},
  ): void {
    const { id, roomId, sessionId, type: kind, stepId, recordingId } = find(transcriptionId);
    events.append(type, {
      roomId,
      sessionId,
      data: { id, transcriptionId: id, type: kind, stepId, recordingId, ...extra },
    });
  }

  function callBack(transcriptionId: string): void {
    const ended = find(transcriptionId);
    if (ended.callbackUrl !== null) {
      webhooks.enqueueCallback({
        recordingId: ended.id,
        roomId: ended.roomId,
        url: ended.callbackUrl,
        body: view(ended),
      });
    }
  }

  function tellCompleted(transcriptionId: string): void {
    const { transcriptionFilePaths, summarizedFilePaths, segments, summary } = view(find(transcriptionId));
    tell(transcriptionId, 'transcription-completed', {
      transcriptionFilePaths,
      summarizedFilePaths,
      segments,
      summary: summary.text,
    });
    callBack(transcriptionId);
  }

  function view(transcription: StoredTranscription): Transcription {
    const { id, type, status, roomId, sessionId, stepId, recordingId, engine, language, speakersBy } =
      transcription;
    const { start, end, error, webhookUrl, metadata, formats, summary } = transcription;
    return {
      id,
      type,
      status,
      roomId,
      meetingId: roomId,
      sessionId,
      stepId,
      recordingId,
      engine,
      language,
      speakersBy,
      extension: { enabled: true, provider: engine, extensionConfig: { roomId, sessionId } },
      start,
      end,
      segments: countSegments(store, id),
      gaps: listGaps(store, id).map(({ participantId, startMs, endMs, code, message, filled }) => ({
        participantId,
        startMs,
        endMs,
        code,
        message,
        filled,
      })),
      transcriptionFilePaths: files.links(id, formats),
      summarizedFilePaths: summary.status === 'completed' ? files.summaryLinks(id) : {},
      summary: { status: summary.status, text: summary.text, error: summary.error },
      error,
      webhookUrl,
      metadata,
    };
  }

  return {
    require(type, transcriptionId) {
      const transcription = find(transcriptionId);
      if (type !== null && transcription.type !== type) {
        throw new RoomflowError(
          'transcription-not-found',
          `Transcription "${transcriptionId}" is ${transcription.type}, not ${type}. Get it at /ai/v1/${transcription.type === 'post' ? 'post' : 'realtime'}-transcriptions.`,
        );
      }
      return transcription;
    },
    begin({ summary, ...asked }) {
      const session = findSession(store, asked.sessionId);
      if (!session) {
        throw new RoomflowError('session-not-found', `There is no session "${asked.sessionId}".`);
      }
      const transcription: StoredTranscription = {
        webhookUrl: null,
        callbackUrl: null,
        metadata: null,
        start: new Date().toISOString(),
        ...asked,
        id: `trn_${randomBytes(9).toString('base64url')}`,
        status: 'starting',
        speakersBy: asked.type === 'realtime' ? 'participant-audio' : null,
        end: null,
        formats: [],
        finishedSources: [],
        summary: {
          status: statusOf(summary),
          prompt: summary?.prompt ?? null,
          text: null,
          error: null,
        },
        error: null,
      };
      insertTranscription(store, transcription);
      return transcription;
    },
    tell,
    completed(transcriptionId, at = new Date().toISOString()) {
      store.transact(() => {
        updateTranscription(store, transcriptionId, { status: 'completed', end: at });
        if (find(transcriptionId).summary.status !== 'pending') {
          tellCompleted(transcriptionId);
        }
      });
    },
    summarised(transcriptionId, settled) {
      store.transact(() => {
        const { summary } = find(transcriptionId);
        updateTranscription(store, transcriptionId, { summary: { ...summary, ...settled } });
        tellCompleted(transcriptionId);
      });
    },
    failed(transcriptionId, failure, at = new Date().toISOString()) {
      store.transact(() => {
        const { summary } = find(transcriptionId);
        updateTranscription(store, transcriptionId, {
          status: 'failed',
          end: at,
          error: failure,
          ...(summary.status === 'pending'
            ? {
                summary: {
                  ...summary,
                  status: 'failed',
                  error: 'There is no whole transcript to summarise.',
                },
              }
            : {}),
        });
        tell(transcriptionId, 'transcription-failed', failure);
        callBack(transcriptionId);
      });
    },
    view,
  };
}
