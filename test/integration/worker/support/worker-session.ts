import { readFile, readdir } from 'node:fs/promises';
import { vi } from 'vitest';
import type { RecordedFile } from '../../../../runtime/media/index.ts';
import type { CompositionRequest, StepReport } from '../../../../runtime/steps/index.ts';
import type { WorkerPool } from '../../../../runtime/worker/index.ts';
import {
  startMediaPublisher,
  type EncodedClip,
  type MediaPublisher,
} from '../../../support/runtime/index.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';
import { startLoopbackPool } from './loopback-pool.ts';

const sessionId = 'session';

/** A media worker process with one session, and no control above it but the test. */
export type WorkerSession = AsyncDisposable & {
  readonly pool: WorkerPool;
  readonly workerPid: number;
  readonly startedAtMs: number;
  /** What steps have reported, in order. */
  readonly reports: readonly { stepId: string; report: StepReport }[];
  /** Somebody comes, and sends. */
  join(participantId: string, clips: readonly EncodedClip[]): Promise<MediaPublisher>;
  leave(participantId: string): void;
  start(
    type: string,
    stepId: string,
    params: Record<string, unknown>,
    composition: { id: string } & CompositionRequest,
  ): Promise<void>;
  /** Records the room until it is stopped. */
  record(
    stepId: string,
    composition: { id: string } & CompositionRequest,
    fileFormat?: string,
  ): Promise<void>;
  /** The last that a step has said of itself. */
  progress(stepId: string): Record<string, unknown>;
  stop(stepId: string): Promise<RecordedFile[]>;
};

/** Starts it on loopback, in a folder that is gone afterwards. */
export async function openWorkerSession(): Promise<WorkerSession> {
  const directory = await temporaryDirectory('roomflow-worker-');
  const pool = startLoopbackPool({ count: 1, directory: directory.path, udpPort: null });
  await pool.ready();
  const startedAtMs = Date.now();
  const reports: { stepId: string; report: StepReport }[] = [];
  const added = new Set<string>();
  pool.steps.onReport(({ stepId, report }) => reports.push({ stepId, report }));
  pool.media.onEvent((event) => {
    if (event.type === 'track-added') {
      added.add(event.trackId);
    }
  });
  pool.media.openSession({ sessionId, roomId: 'room', startedAtMs, maxForwardedSpeakers: 0 });
  const publishers: MediaPublisher[] = [];

  const start: WorkerSession['start'] = (type, stepId, params, composition) =>
    pool.steps.startStep({
      sessionId,
      stepId,
      type,
      params,
      part: 1,
      directory: directory.path,
      composition,
    });

  return {
    pool,
    get workerPid() {
      const pid = pool.pidOf(sessionId);
      if (pid === undefined) {
        throw new Error('the session lives in no worker');
      }
      return pid;
    },
    startedAtMs,
    reports,
    async join(participantId, clips) {
      pool.media.openParticipant(sessionId, {
        participantId,
        name: participantId,
        mode: 'SEND_AND_RECV',
        serverSide: null,
      });
      const publisher = await startMediaPublisher({
        clips,
        exchange: (sdp, mids) =>
          pool.media.publish(
            sessionId,
            participantId,
            sdp,
            mids.flatMap((mid, index) =>
              mid === null
                ? []
                : [
                    {
                      mid,
                      trackId: `${participantId}-${index}`,
                      kind: clips[index]?.codec === 'opus' ? ('audio' as const) : ('video' as const),
                      muted: false,
                    },
                  ],
            ),
          ),
      });
      publishers.push(publisher);
      await vi.waitUntil(() => clips.every((_clip, index) => added.has(`${participantId}-${index}`)), {
        timeout: 10_000,
      });
      return publisher;
    },
    leave(participantId) {
      pool.media.closeParticipant(sessionId, participantId);
    },
    start,
    record: (stepId, composition, fileFormat) =>
      start('record', stepId, { source: 'room', ...(fileFormat ? { fileFormat } : {}) }, composition),
    progress: (stepId) =>
      reports.reduce<Record<string, unknown>>(
        (sum, { stepId: of, report }) =>
          of === stepId && report.type === 'progress' ? { ...sum, ...report.progress } : sum,
        {},
      ),
    async stop(stepId) {
      await pool.steps.stopStep(sessionId, stepId, 'requested');
      return reports.flatMap(({ stepId: of, report }) =>
        of === stepId && report.type === 'asset' ? [report.file] : [],
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(publishers.map((publisher) => publisher.close()));
      await pool.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Live children of a process. Source: proc(5). */
export async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  );
  return lists
    .flatMap((list) => list.trim().split(' '))
    .filter((child) => child !== '')
    .map(Number);
}

/** Processor seconds that a process has used since its start. Source: proc(5), fields 14 and 15 of stat. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

/** sysconf(_SC_CLK_TCK) of every Linux there is. */
const CLOCK_TICKS = 100;
