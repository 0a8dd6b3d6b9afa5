import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionSummary, N8nHost } from '../test/support/n8n-host/index.ts';
import { checkMedia } from './media-check.ts';
import type { DemoRecording, RoomflowApi } from './roomflow-api.ts';

/** What came of the guests' visit; what `--json` prints. */
export type Report = {
  recordings: Array<{
    path: string;
    participantId: string | null;
    kind: string;
    durationSeconds: number;
    bytes: number;
    videoCodec: string | null;
    audioCodec: string | null;
  }>;
  executions: Array<{ id: string; status: string; startedAt: string | null }>;
  events: Array<{ type: string; at: string }>;
};

/** Who was in which room, since when, and which workflow was to record them. */
export type Visited = {
  roomId: string;
  participantIds: readonly string[];
  seconds: number;
  workflowId: string;
  earlierExecutionIds: ReadonlySet<string>;
};

const SETTLE_LIMIT_MS = 60_000;
const UNSETTLED = new Set(['new', 'running', 'waiting', 'unknown']);

/**
 * Waits until workflow and recordings are done, or a minute has passed, and collects what there is.
 * @returns the report, and in plain sentences what is not as it should be
 */
export async function reportOn(
  visited: Visited,
  api: RoomflowApi,
  n8n: N8nHost,
): Promise<{ report: Report; complaints: string[] }> {
  const deadline = AbortSignal.timeout(SETTLE_LIMIT_MS);
  const executions = await whenSettled(
    () => newExecutions(visited, n8n),
    (all) => all.length >= visited.participantIds.length && !all.some(({ status }) => UNSETTLED.has(status)),
    deadline,
  );
  const recordings = await whenSettled(
    () => api.participantRecordings(visited.roomId),
    (all) => all.length >= visited.participantIds.length && all.every(({ end }) => end !== null),
    deadline,
  );
  const events = await api.events(visited.roomId);
  const files = await Promise.all(recordings.flatMap(filesOf));
  return {
    report: {
      recordings: files.map(({ complaints: _, ...file }) => file),
      executions: executions.map(({ id, status, startedAt }) => ({ id, status, startedAt })),
      events: events.map(({ type, at }) => ({ type, at })),
    },
    complaints: [
      ...executionComplaints(visited, executions),
      ...visited.participantIds.flatMap((id) => recordingComplaints(id, visited.seconds, files)),
    ],
  };
}

async function newExecutions({ workflowId, earlierExecutionIds }: Visited, n8n: N8nHost) {
  return (await n8n.executions(workflowId)).filter(({ id }) => !earlierExecutionIds.has(id));
}

async function whenSettled<T>(
  read: () => Promise<T>,
  isSettled: (value: T) => boolean,
  deadline: AbortSignal,
): Promise<T> {
  for (;;) {
    const value = await read();
    if (isSettled(value) || deadline.aborted) {
      return value;
    }
    await delay(200);
  }
}

type CheckedFile = Report['recordings'][number] & { complaints: string };

function filesOf({ participantId, kind, files }: DemoRecording): Array<Promise<CheckedFile>> {
  return files.map(async ({ filePath, size }) => {
    const { durationSeconds, videoCodec, audioCodec, complaints } = await checkMedia(filePath);
    return {
      path: filePath,
      participantId,
      kind,
      durationSeconds,
      bytes: size,
      videoCodec,
      audioCodec,
      complaints,
    };
  });
}

function executionComplaints({ participantIds }: Visited, executions: readonly ExecutionSummary[]): string[] {
  const successes = executions.filter(({ status }) => status === 'success').length;
  return successes >= participantIds.length && successes === executions.length
    ? []
    : [`${successes} of ${executions.length} executions succeeded, expected ${participantIds.length}`];
}

/** Not to the second: the recording begins when the workflow has reacted to the join. */
function recordingComplaints(
  participantId: string,
  seconds: number,
  files: readonly CheckedFile[],
): string[] {
  const theirs = files.filter((file) => file.participantId === participantId);
  const total = theirs.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  return [
    ...(theirs.length === 0 ? [`${participantId} was not recorded`] : []),
    ...(theirs.length > 0 && total < seconds - 2
      ? [`the recording of ${participantId} holds ${total} s of ${seconds} s`]
      : []),
    ...theirs.flatMap(({ path, videoCodec, audioCodec, complaints }) => [
      ...(videoCodec === null ? [`${path} has no video`] : []),
      ...(audioCodec === null ? [`${path} has no audio`] : []),
      ...(complaints === '' ? [] : [`${path} does not decode: ${complaints}`]),
    ]),
  ];
}
