import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  RoomflowError,
  type Caption,
  type HlsCapture,
  type HlsStream,
  type Page,
  type StepParams,
  type StepState,
} from '../../contract/index.ts';
import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import { isHlsUpdate } from '../../media/index.ts';
import { signPlaybackToken, type LiveRooms } from '../../rooms/index.ts';
import { bitrateOf, broadcastProfile, canvasOf, hlsRenditions } from '../../steps/index.ts';
import {
  deleteHlsStream,
  findHlsStream,
  findHlsStreamOfStep,
  insertHlsStream,
  listHlsStreams,
  listTranscriptions,
  mapPage,
  readSegments,
  updateHlsStream,
  type HlsStreamFilter,
  type Store,
  type StoredHlsStream,
} from '../../store/index.ts';
import { requireFreeDisk, watchDisk } from '../disk-space.ts';
import type { LiveStep } from '../live-step.ts';
import type { RoomRecordingService } from '../room-recordings.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { requireRecordingBeside, type TranscriptArchive } from '../transcriptions/index.ts';
import type { HlsAnswer } from './answer.ts';
import { captureFrom, type CaptureRequest } from './capture.ts';
import { completePlaylists } from './ended-stream.ts';
import { HlsMedia, type HlsMediaRequest } from './hls-media.ts';
import { LiveHlsStream, type LiveHlsStreamOptions } from './live-stream.ts';
import { PICTURES_FOLDER, SUBTITLES_FOLDER, renditionNames } from './names.ts';
import { RecordingsBeside } from './recordings-beside.ts';

/** How often requests that wait are looked at. */
const EXPIRE_EVERY_MS = 1000;
/** HLS streams of rooms as VideoSDK has them, on top of `hls` steps, and the media itself for those who watch. */
export type HlsService = {
  start(roomId: string, params: StepParams<'hls'>): Promise<HlsStream>;
  /** Stops the stream of a room; answers when its playlists have their end. */
  stop(roomId: string): Promise<HlsStream>;
  get(hlsId: string): HlsStream;
  /** The stream that runs in a room now. @throws RoomflowError `hls-not-found` */
  active(roomId: string): HlsStream;
  list(filter: HlsStreamFilter): Page<HlsStream>;
  /** Removes a stream and its files; a running one is refused. */
  delete(hlsId: string): Promise<void>;
  /** A picture of the running stream, kept beside it. */
  capture(roomId: string, request: CaptureRequest): Promise<HlsCapture>;
  /** Answers a request for a playlist, a part, a segment or a picture: at once, or when it is there. */
  serve(request: HlsMediaRequest, reply: (answer: HlsAnswer) => void): void;
  /**
   * Writes the end of a stream whose runtime was killed at `at`: what it left plays from beginning to end.
   *
   * @param failure why its step has failed, where it has
   */
  conclude(stream: StoredHlsStream, at: string, failure: StoredHlsStream['error']): Promise<void>;
  close(): void;
};

export function createHlsService(options: {
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  rooms: LiveRooms;
  steps: StepSupervisor;
  secret: string;
  hlsDirectory: string;
  minimumFreeDiskBytes: number;
  publicUrl(): string;
  recordings: Pick<RoomRecordingService, 'startBeside' | 'restoreBeside'>;
  transcripts: Pick<TranscriptArchive, 'wanted'>;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): HlsService {
  const { store, events, webhooks, rooms, steps } = options;
  /** Streams that run, by id, by step and by session. */
  const live = new Map<string, LiveHlsStream>();
  const streamIds = new Map<string, string>();
  const running = new Map<string, string>();
  /** What lets go of a session's captions, by stream. */
  const unheard = new Map<string, () => void>();
  const beside = new RecordingsBeside(options.recordings, (error, fields) => {
    options.onError(error, fields);
  });
  const media = new HlsMedia({
    store,
    live,
    hlsDirectory: options.hlsDirectory,
    secret: options.secret,
    onError(error, fields) {
      options.onError(error, fields);
    },
  });

  mkdirSync(options.hlsDirectory, { recursive: true });
  const stopWatching = watchDisk({
    directory: options.hlsDirectory,
    minimumBytes: options.minimumFreeDiskBytes,
    onLow() {
      for (const stepId of streamIds.keys()) {
        steps.stop(stepId, 'disk-full').catch((error: unknown) => {
          options.onError(error, { stepId });
        });
      }
    },
    onError(error) {
      options.onError(error, { directory: options.hlsDirectory });
    },
  });
  const expiring = setInterval(() => {
    const now = Date.now();
    for (const stream of live.values()) {
      stream.expire(now);
    }
  }, EXPIRE_EVERY_MS);

  steps.observe('hls', {
    async allow(params) {
      const { config, transcription } = params as StepParams<'hls'>;
      requireRecordingBeside({ config, transcription }, 'invalid-step-params');
      await options.transcripts.wanted.allow(transcription);
    },
    check({ session }) {
      const hlsId = running.get(session.sessionId);
      if (hlsId !== undefined) {
        throw new RoomflowError(
          'already-hls',
          `Room "${session.roomId}" is being streamed already (${hlsId}). Stop it with POST /v2/hls/end.`,
        );
      }
      requireFreeDisk(options.hlsDirectory, options.minimumFreeDiskBytes);
    },
    created(step) {
      const params = step.params as StepParams<'hls'>;
      const id = `hls_${randomBytes(9).toString('base64url')}`;
      insertHlsStream(store, {
        id,
        stepId: step.id,
        roomId: step.roomId,
        sessionId: step.sessionId,
        status: 'starting',
        playable: false,
        start: step.startedAt,
        end: null,
        durationSeconds: 0,
        // The id below a folder of the operator's choice: names of files are never used twice.
        directory: join(params.dirPath ?? '', id),
        protected: params.protected ?? false,
        recordingId: null,
        error: null,
        webhookUrl: params.webhookUrl ?? null,
        callbackUrl: params.callbackUrl ?? null,
        metadata: params.metadata ?? null,
      });
      streamIds.set(step.id, id);
      store.afterCommit(() => {
        running.set(step.sessionId, id);
      });
      return { recordingId: null };
    },
    directory(step) {
      return folderOf(require(streamIds.get(step.id) ?? findHlsStreamOfStep(store, step.id)?.id ?? ''));
    },
    restored(step) {
      const stream = findHlsStreamOfStep(store, step.stored.id);
      if (stream) {
        const { id, sessionId, recordingId, playable } = stream;
        streamIds.set(step.stored.id, id);
        running.set(sessionId, id);
        // One that has not begun is opened when it begins.
        if (step.stored.state !== 'pending') {
          open(step, stream, { playable, captions: captionsBefore(stream) });
        }
        beside.restore(id, recordingId);
        if (stream.status === 'running') {
          show(stream);
        }
      }
      return [];
    },
    changed: streamChanged,
    asset() {
      // A stream's files are told as updates, and its playlists are the service's own.
    },
    paused() {
      // A stream cannot be paused.
    },
    update(step, update) {
      if (isHlsUpdate(update)) {
        live.get(streamIds.get(step.stored.id) ?? '')?.apply(update);
      }
    },
    async finishing(step) {
      await live.get(streamIds.get(step.stored.id) ?? '')?.end();
    },
  });

  function streamChanged(step: LiveStep, _from: StepState, to: StepState): void {
    const stream = require(streamIds.get(step.stored.id) ?? '');
    switch (to) {
      case 'starting':
        open(step, stream);
        beside.start(stream, step.params, (recordingId) => {
          updateHlsStream(store, stream.id, { recordingId });
        });
        events.append('hls-starting', { ...scopeOf(stream), data: idsOf(stream) });
        break;
      case 'running':
        if (stream.status === 'starting') {
          setStatus(stream, 'running');
          events.append('hls-started', {
            ...scopeOf(stream),
            data: { ...idsOf(stream), ...addressesOf(stream) },
          });
          show(stream);
        }
        break;
      case 'retrying':
        live.get(stream.id)?.workerLost();
        break;
      case 'stopping':
        setStatus(stream, 'stopping');
        events.append('hls-stopping', { ...scopeOf(stream), data: idsOf(stream) });
        break;
      case 'finished':
      case 'failed':
      case 'cancelled':
        end(step, stream, to === 'failed' ? (step.failure ?? failedBecause(step.stored.reason)) : null);
        break;
      default:
    }
  }

  /** What has been said in the session so far, as it was shown. */
  function captionsBefore({ sessionId }: StoredHlsStream): Caption[] {
    const startedAtMs = rooms.bySessionId(sessionId)?.startedAtMs ?? 0;
    return listTranscriptions(store, { type: 'realtime', sessionId, page: 1, perPage: 100 })
      .data.flatMap(({ id }) => readSegments(store, id))
      .map(({ words: _words, ...segment }) => ({
        ...segment,
        participantId: segment.participantId ?? '',
        isFinal: true,
        timestamp: Math.round(startedAtMs + segment.startMs),
      }));
  }

  function open(step: LiveStep, stream: StoredHlsStream, past: LiveHlsStreamOptions['past'] = null): void {
    const params = step.params as StepParams<'hls'>;
    const session = rooms.bySessionId(stream.sessionId);
    const canvas = canvasOf(step.composition?.asked.config ?? params.config ?? {});
    const opened = new LiveHlsStream({
      directory: folderOf(stream),
      renditions: hlsRenditions(canvas, params.rungs ?? []).map(({ name, quality, size }) => ({
        name,
        bitrateBps: bitrateOf(broadcastProfile(size, { ...params.config, quality })),
      })),
      clockStartMs: session?.startedAtMs ?? Date.parse(stream.start),
      dvrMs: params.dvrSeconds === undefined ? null : params.dvrSeconds * 1000,
      past,
      onPlayable() {
        stream.playable = true;
        updateHlsStream(store, stream.id, { playable: true });
        events.append('hls-playable', {
          ...scopeOf(stream),
          data: { ...idsOf(stream), ...addressesOf(stream) },
        });
        show(stream);
      },
      onError(error) {
        options.onError(error, { hlsId: stream.id });
      },
    });
    live.set(stream.id, opened);
    const unlisten = session?.captions.listen((caption) => {
      opened.caption(caption);
    });
    if (unlisten) {
      unheard.set(stream.id, unlisten);
    }
  }

  function end(step: LiveStep, stream: StoredHlsStream, failure: StoredHlsStream['error']): void {
    const at = new Date().toISOString();
    const durationSeconds = live.get(stream.id)?.durationSeconds ?? 0;
    // First, and whatever the store says: what is over must not be taken for running.
    live.delete(stream.id);
    unheard.get(stream.id)?.();
    unheard.delete(stream.id);
    streamIds.delete(step.stored.id);
    if (running.get(stream.sessionId) === stream.id) {
      running.delete(stream.sessionId);
    }
    rooms.bySessionId(stream.sessionId)?.showHls(null);
    beside.end(stream.id);
    conclude(stream, { at, durationSeconds, failure });
  }

  /** Written once, told once, the callback called once. */
  function conclude(
    stream: StoredHlsStream,
    {
      at,
      durationSeconds,
      failure,
    }: { at: string; durationSeconds: number; failure: StoredHlsStream['error'] },
  ): void {
    store.transact(() => {
      updateHlsStream(store, stream.id, {
        status: failure ? 'failed' : 'stopped',
        end: at,
        durationSeconds,
        error: failure,
      });
      if (failure) {
        events.append('hls-failed', { ...scopeOf(stream), data: { ...idsOf(stream), ...failure } });
      } else {
        events.append('hls-stopped', {
          ...scopeOf(stream),
          data: { ...idsOf(stream), ...addressesOf(stream), duration: durationSeconds },
        });
      }
      if (stream.callbackUrl !== null) {
        webhooks.enqueueCallback({
          recordingId: stream.id,
          roomId: stream.roomId,
          url: stream.callbackUrl,
          body: view(require(stream.id)),
        });
      }
    });
  }

  function setStatus(stream: StoredHlsStream, status: StoredHlsStream['status']): void {
    stream.status = status;
    updateHlsStream(store, stream.id, { status });
  }

  /** The people of the room see that there is something to watch. */
  function show(stream: StoredHlsStream): void {
    const { playbackHlsUrl, livestreamUrl } = addressesOf(stream);
    const { playable } = stream;
    rooms.bySessionId(stream.sessionId)?.showHls({ playbackHlsUrl, livestreamUrl, playable });
  }

  function require(hlsId: string): StoredHlsStream {
    const stream = findHlsStream(store, hlsId);
    if (!stream) {
      throw new RoomflowError('hls-not-found', `There is no HLS stream "${hlsId}".`);
    }
    return stream;
  }

  function requireRunning(roomId: string): StoredHlsStream {
    const session = rooms.requireSession(roomId);
    const hlsId = running.get(session.sessionId);
    if (hlsId === undefined) {
      throw new RoomflowError('not-hls', `Room "${session.roomId}" is not being streamed.`);
    }
    return require(hlsId);
  }

  const folderOf = ({ directory }: { directory: string }): string => join(options.hlsDirectory, directory);

  const queryOf = (stream: { id: string; protected: boolean }): string =>
    stream.protected ? `?token=${signPlaybackToken(stream.id, Date.now(), options.secret)}` : '';

  function addressesOf(stream: StoredHlsStream) {
    const base = `${options.publicUrl()}/hls/${stream.id}`;
    const query = queryOf(stream);
    const playbackHlsUrl = `${base}/index.m3u8${query}`;
    return { playbackHlsUrl, livestreamUrl: `${base}/live.m3u8${query}`, downstreamUrl: playbackHlsUrl };
  }

  function view(stream: StoredHlsStream): HlsStream {
    const { id, stepId, roomId, sessionId, status, playable, start, error, metadata, recordingId } = stream;
    const api = options.publicUrl();
    return {
      id,
      stepId,
      roomId,
      meetingId: roomId,
      sessionId,
      status,
      start,
      end: stream.end,
      recordingId,
      error,
      metadata,
      playable,
      ...addressesOf(stream),
      duration: live.get(id)?.durationSeconds ?? stream.durationSeconds,
      links: { get_room: `${api}/v2/rooms/${roomId}`, get_session: `${api}/v2/sessions/${sessionId}` },
    };
  }

  return {
    async start(roomId, params) {
      const step = await steps.start(roomId, { step: 'hls', with: params });
      const hlsId = streamIds.get(step.stepId) ?? '';
      try {
        await beside.begun(hlsId);
      } catch (error) {
        // Asked for together, and told together: half of it is not what the caller wanted.
        await steps.stop(step.stepId, 'recording-failed');
        throw error;
      }
      return view(require(hlsId));
    },
    async stop(roomId) {
      const stream = requireRunning(roomId);
      await steps.stop(stream.stepId);
      return view(require(stream.id));
    },
    get: (hlsId) => view(require(hlsId)),
    active(roomId) {
      const hlsId = running.get(rooms.sessionOf(roomId)?.sessionId ?? '');
      if (hlsId === undefined) {
        throw new RoomflowError('hls-not-found', `Room "${roomId}" is not being streamed now.`);
      }
      return view(require(hlsId));
    },
    list: (filter) => mapPage(listHlsStreams(store, filter), view),
    async delete(hlsId) {
      const stream = require(hlsId);
      if (stream.end === null) {
        throw new RoomflowError(
          'already-hls',
          `Stream "${hlsId}" is ${stream.status}; stop it before deleting it.`,
        );
      }
      deleteHlsStream(store, hlsId);
      media.forget(hlsId);
      await rm(folderOf(stream), { recursive: true, force: true });
    },
    async capture(roomId, request) {
      const stream = requireRunning(roomId);
      const best = live.get(stream.id)?.best;
      if (!best) {
        throw new RoomflowError('nothing-to-capture', `Stream "${stream.id}" is ${stream.status}.`);
      }
      const picture = await captureFrom(best, folderOf(stream), request);
      return {
        message: 'Hls stream captured successfully',
        roomId: stream.roomId,
        meta: {
          createdAt: new Date().toISOString(),
          width: picture.width,
          height: picture.height,
          format: request.format,
        },
        filePath: picture.path,
        fileUrl: `${options.publicUrl()}/hls/${stream.id}/${PICTURES_FOLDER}/${picture.file}${queryOf(stream)}`,
        fileSize: picture.bytes,
        fileName: picture.file,
      };
    },
    serve(request, reply) {
      media.serve(request, reply);
    },
    async conclude(stream, at, failure) {
      const durationSeconds = await completePlaylists(folderOf(stream), [
        // Streams of an older version may lie in the folder itself.
        '',
        ...renditionNames,
        SUBTITLES_FOLDER,
      ]);
      conclude(stream, {
        at,
        durationSeconds,
        failure:
          failure ??
          (durationSeconds > 0
            ? null
            : failedBecause('The runtime was stopped before anything had been streamed.')),
      });
    },
    close() {
      stopWatching();
      clearInterval(expiring);
    },
  };
}

const failedBecause = (message: string) => ({ code: 'hls-failed', message });

const scopeOf = ({ roomId, sessionId }: StoredHlsStream) => ({ roomId, sessionId });
const idsOf = ({ id, stepId }: StoredHlsStream) => ({ hlsId: id, stepId });
