import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { createMetrics, createServer, type Runtime } from './api/index.ts';
import { createOutboundGuard, createSeal, loadKeys, type RuntimeConfig } from './config/index.ts';
import { createEventLog, createWebhookDelivery } from './events/index.ts';
import {
  createGraphService,
  createImageResolver,
  createHlsService,
  createLivestreamService,
  createMergeService,
  createPlayService,
  createPlaySources,
  createRecordingService,
  createSessionPictures,
  createSpeechEngines,
  createStepLogs,
  createPublishService,
  createStepSupervisor,
  createTapService,
  createTranscriptArchive,
  createTranscriptionService,
  dismissSilentSpeakers,
  reconcile,
  stepsWithPlays,
} from './graph/index.ts';
import { createLogger, logEvents } from './log.ts';
import { transcribeFile } from './media/index.ts';
import { makeOwnFolder } from './own-folder.ts';
import { listen, requireFreePort } from './port.ts';
import {
  LiveRooms,
  createAudienceHistory,
  createRoomDirectory,
  createSessionHistory,
  createStoredJournal,
  guardJournal,
  readSessionSnapshots,
} from './rooms/index.ts';
import { giveLifeSigns, lastLifeSignMs, listLiveSteps, openStore } from './store/index.ts';
import { createProcessHealth, endLeftovers, startWorkerPool } from './worker/index.ts';

/** A runtime that serves. */
export type Served = {
  /** Where it listens, such as `http://127.0.0.1:7890`. */
  url: string;
  runtime: Runtime;
  logger: Logger;
  /** Ends sessions, lets recordings finish, closes everything. Idempotent. */
  stop(): Promise<void>;
};

/** Puts the runtime together, takes up what a crash left behind, and listens. */
export async function serve(config: RuntimeConfig): Promise<Served> {
  const logger = createLogger(config);
  const version = await readVersion();
  const outbound = createOutboundGuard(config.outboundAllowList);
  makeOwnFolder(config.dataDirectory);
  makeOwnFolder(config.recordingsDirectory);
  makeOwnFolder(config.hlsDirectory);
  const tapsDirectory = join(config.dataDirectory, 'taps');
  makeOwnFolder(tapsDirectory);
  // Opened before the keys: a second runtime on this folder is refused before it touches anything.
  const store = await openStore({ file: config.databaseFile });
  const keys = loadKeys(config.dataDirectory, config);
  const seal = createSeal(keys.secret);
  const stepLogs = createStepLogs(store);
  const onError = (error: unknown, fields: Record<string, unknown> = {}): void => {
    const message = error instanceof Error ? error.message : String(error);
    logger.error({ err: error, ...fields }, message);
    stepLogs.note('error', message, fields);
  };
  const leftovers = await prepare(config).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  if (leftovers > 0) {
    logger.warn({ processes: leftovers }, 'processes of the last run were still there and have been ended');
  }
  const events = createEventLog({
    store,
    retention: { days: config.eventRetentionDays, count: config.eventRetentionCount },
    onError,
  });
  const webhooks = createWebhookDelivery({
    store,
    events,
    keys,
    timeoutMs: config.webhookTimeoutMs,
    onError,
  });
  let url = config.publicUrl;
  const publicUrl = (): string => url;

  const pool = startWorkerPool({
    count: config.workers,
    entry: workerEntry(),
    lockedFolder: lockedFolderOf(config),
    settings: {
      bindAddresses: config.bindAddresses,
      announcedAddresses: config.announcedAddresses,
      udpPortRange: config.udpPortRange ?? null,
      udpPort: config.udpPort ?? null,
      iceServers: config.iceServers.map(withoutUndefined),
      packetPath: config.packetPath,
      outboundAllowList: config.outboundAllowList,
      speech: {
        engines: config.speechEngines,
        defaultEngine: config.defaultSpeechEngine,
        voices: config.speechVoices,
      },
      validateMessages: process.env['NODE_ENV'] !== 'production',
    },
    log: (level, message, fields) => {
      logger[level](fields, message);
      stepLogs.note(level, message, fields);
    },
  });

  const directory = createRoomDirectory({
    store,
    events,
    keys,
    publicUrl,
    occupancy: {
      of(roomId) {
        const session = rooms.sessionOf(roomId);
        return session ? { sessionId: session.sessionId, participants: session.present().length } : null;
      },
      end(roomId, reason) {
        rooms.sessionOf(roomId)?.end(reason);
      },
    },
  });
  const rooms: LiveRooms = new LiveRooms({
    media: pool.media,
    journal: guardJournal(createStoredJournal(store, events), onError),
    onError,
    findRoom: (roomId) => directory.get(roomId),
    deactivateRoom: (roomId) => {
      directory.deactivate(roomId);
    },
    iceServers: config.iceServers.map(withoutUndefined),
    graceMs: config.reconnectGraceMs,
    emptySessionMs: config.emptySessionMs,
    maxParticipantsPerRoom: config.maxParticipantsPerRoom,
    maxViewersPerRoom: config.maxViewersPerRoom,
    maxForwardedSpeakers: config.maxForwardedSpeakers,
  });
  const steps = createStepSupervisor({
    store,
    events,
    rooms,
    plane: pool.steps,
    images: await createImageResolver({
      directory: join(config.dataDirectory, 'images'),
      guard: outbound,
    }),
    seal,
    recordingsDirectory: config.recordingsDirectory,
    limits: { stepsPerRoom: config.maxStepsPerRoom, encoders: config.maxEncoders },
    onError,
  });
  const transcripts = createTranscriptArchive({
    store,
    events,
    webhooks,
    plane: pool.steps,
    engines: createSpeechEngines({
      engines: config.speechEngines,
      defaultEngine: config.defaultSpeechEngine,
    }),
    directory: join(config.dataDirectory, 'transcripts'),
    secret: keys.secret,
    publicUrl,
    canSummarise: config.summary !== undefined,
    onError,
  });
  const recordings = createRecordingService({
    store,
    events,
    webhooks,
    rooms,
    steps,
    plane: pool.steps,
    transcripts,
    secret: keys.secret,
    recordingsDirectory: config.recordingsDirectory,
    minimumFreeDiskBytes: config.minimumFreeDiskBytes,
    publicUrl,
    onError,
  });
  const merges = createMergeService({
    store,
    archive: recordings.archive,
    life: recordings.life,
    recordingsDirectory: config.recordingsDirectory,
    minimumFreeDiskBytes: config.minimumFreeDiskBytes,
    onError,
  });
  const livestreams = createLivestreamService({
    store,
    events,
    webhooks,
    rooms,
    steps,
    outbound,
    recordings: recordings.room,
    transcripts,
    onError,
  });
  const hls = createHlsService({
    store,
    events,
    webhooks,
    rooms,
    steps,
    secret: keys.secret,
    hlsDirectory: config.hlsDirectory,
    recordings: recordings.room,
    transcripts,
    minimumFreeDiskBytes: config.minimumFreeDiskBytes,
    publicUrl,
    onError,
  });
  const transcriptions = createTranscriptionService({
    store,
    events,
    rooms,
    steps,
    transcripts,
    recordings: recordings.archive,
    summary: config.summary,
    transcribe: transcribeFile,
    onError,
  });
  const taps = createTapService({
    store,
    events,
    rooms,
    steps,
    outbound,
    secret: keys.secret,
    tapsDirectory,
    retentionHours: config.tapRetentionHours,
    minimumFreeDiskBytes: config.minimumFreeDiskBytes,
    publicUrl,
    onError,
  });
  const playDirectory = join(config.dataDirectory, 'plays');
  const plays = createPlayService({
    store,
    events,
    rooms,
    steps,
    sources: await createPlaySources({
      directory: playDirectory,
      voices: config.speechVoices,
      defaultVoice: config.defaultVoice,
      outbound,
      mostBytes: config.uploadLimitBytes,
      minimumFreeDiskBytes: config.minimumFreeDiskBytes,
    }),
    directory: playDirectory,
    onError,
  });
  const graphs = createGraphService({
    store,
    events,
    webhooks,
    rooms,
    steps: stepsWithPlays(steps, plays),
    seal,
    retentionDays: config.eventRetentionDays,
    findRoom: (roomId) => directory.get(roomId),
    onError,
  });
  const metrics = createMetrics({ rooms, pool, events });
  logEvents(events, logger, stepLogs);
  const pictures = createSessionPictures({
    store,
    events,
    rooms,
    steps,
    plane: pool.steps,
    flow: pool.flow,
    onError,
  });
  const processes = createProcessHealth({ pool, rooms });
  const runtime: Runtime = {
    version,
    config,
    keys,
    store,
    events,
    webhooks,
    directory,
    rooms,
    history: createSessionHistory(store, rooms, publicUrl),
    audience: createAudienceHistory(store),
    media: pool.media,
    pool,
    steps,
    stepLogs,
    pictures,
    processes,
    graphs,
    taps,
    publishing: createPublishService({ rooms, steps }),
    recordings,
    merges,
    livestreams,
    hls,
    transcriptions,
    plays,
    metrics,
  };

  let isServing = false;
  let endLifeSigns = (): void => undefined;
  let stopping: Promise<void> | null = null;
  let server: Awaited<ReturnType<typeof createServer>> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      const failures: unknown[] = [];
      // Each stage runs whatever became of the one before: a process that only half stops is the worst of all.
      const stages: (() => unknown)[] = [
        // One that never came so far as to serve leaves the sessions it has taken up to the next start.
        () => (isServing ? rooms.stop() : undefined),
        () => server?.close(),
        () => merges.stop(),
        () => transcriptions.stop(),
        () => webhooks.stop(),
        () => {
          endLifeSigns();
          graphs.close();
          pictures.close();
          processes.close();
          metrics.close();
          recordings.close();
          hls.close();
          taps.close();
          events.close();
        },
        () => pool.stop(),
        () => store.close(),
      ];
      for (const stage of stages) {
        try {
          await Promise.resolve(stage());
        } catch (error) {
          onError(error);
          failures.push(error);
        }
      }
      if (failures.length > 0) {
        throw new AggregateError(failures, 'The runtime did not stop cleanly; its log says what failed.');
      }
    })();
    return stopping;
  };

  try {
    await pool.ready();
    const lastAliveMs = lastLifeSignMs(store);
    const restored = rooms.restore(
      readSessionSnapshots(store, { withinMs: config.sessionResumeSeconds * 1000, lastAliveMs }),
    );
    const goingOn = new Set(restored.sessions.map(({ sessionId }) => sessionId));
    // First of all: what is said now is lost until its step runs, what lies on disk can wait.
    const openSteps = listLiveSteps(store);
    const stepsGoingOn = new Set(
      restored.sessions.flatMap((session) =>
        steps.restore(
          session,
          openSteps.filter(({ sessionId }) => sessionId === session.sessionId),
        ),
      ),
    );
    const taken = await reconcile({
      store,
      events,
      plane: pool.steps,
      recordings,
      livestreams,
      hls,
      transcriptions,
      plays,
      recordingsDirectory: config.recordingsDirectory,
      lastAliveMs,
      goesOn: (sessionId) => goingOn.has(sessionId),
      stepGoesOn: (stepId) => stepsGoingOn.has(stepId),
      onError,
    });
    // Not before: until then it is by the last run's signs that sessions go on or not.
    endLifeSigns = giveLifeSigns(store, onError);
    if (goingOn.size > 0) {
      logger.warn(
        { sessions: goingOn.size, steps: stepsGoingOn.size },
        'the last run was cut off: its sessions and their steps go on',
      );
    }
    if (taken.sessions + taken.recordings > 0) {
      logger.warn(
        taken,
        'the last run did not end by itself: its sessions and recordings have been completed',
      );
    }
    await graphs.resume();
    server = await createServer(runtime, logger);
    const address = await listen(server, config);
    url = config.port === 0 ? address : config.publicUrl;
    isServing = true;
    dismissSilentSpeakers(restored.sessions, steps);
    restored.awaitReturns();
    webhooks.start();
    merges.resume();
    transcriptions.resume();
    logger.info(
      { url: address, console: `${address}/console`, version, workers: config.workers },
      'listening',
    );
    return { url: address, runtime, logger, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What must be so before anything is taken up: a start that is going to be refused changes nothing, and no process of
 * the last run writes to the files any more.
 *
 * @returns how many such processes had to be ended
 */
async function prepare(config: RuntimeConfig): Promise<number> {
  await requireFreePort(config);
  return endLeftovers(lockedFolderOf(config));
}

/** Whose lock the store holds. */
const lockedFolderOf = ({ databaseFile }: RuntimeConfig): string => dirname(databaseFile);

/** Beside this file: TypeScript when running from source, the bundle when built. */
function workerEntry(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./worker/media-worker-process.${extension}`, import.meta.url);
}

async function readVersion(): Promise<string> {
  for (const path of ['./package.json', '../package.json']) {
    try {
      const text = await readFile(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        throw error;
      }
    }
  }
  return '0.0.0';
}

type IceServer = RuntimeConfig['iceServers'][number];
const withoutUndefined = ({ urls, username, credential }: IceServer) => ({
  urls,
  ...(username === undefined ? {} : { username }),
  ...(credential === undefined ? {} : { credential }),
});
