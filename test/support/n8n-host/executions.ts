import { setTimeout as delay } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';

const Nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const Summary = Type.Object({
  id: Type.String(),
  status: Type.String(),
  mode: Type.String(),
  startedAt: Nullable(Type.String()),
  stoppedAt: Nullable(Type.String()),
});
const List = Type.Object({ data: Type.Object({ results: Type.Array(Summary) }) });

const Item = Type.Object({ json: Type.Record(Type.String(), Type.Unknown()) });
const NodeError = Type.Object({ message: Type.String() });
const Run = Type.Object({
  executionStatus: Type.Optional(Type.String()),
  executionTime: Type.Optional(Type.Number()),
  error: Type.Optional(NodeError),
  data: Type.Optional(Type.Object({ main: Type.Optional(Type.Array(Nullable(Type.Array(Item)))) })),
});
const Detail = Type.Object({
  status: Type.String(),
  mode: Type.String(),
  startedAt: Nullable(Type.String()),
  stoppedAt: Nullable(Type.String()),
  data: Type.Object({
    resultData: Type.Object({
      runData: Type.Optional(Type.Record(Type.String(), Type.Array(Run))),
      error: Type.Optional(NodeError),
    }),
  }),
});

/** An execution as the editor lists it; times are ISO 8601. */
export type ExecutionSummary = Static<typeof Summary>;

/** One run of one node: what it put out, by output and item. */
export type NodeRun = {
  status: string;
  durationMs: number;
  error?: string;
  outputs: Array<Array<Record<string, unknown>>>;
};

/** An execution with the data of every node that ran, by node name. */
export type Execution = ExecutionSummary & { error?: string; nodes: Record<string, NodeRun[]> };

/** Statuses after which an execution does nothing any more. */
const FINISHED = new Set(['success', 'error', 'canceled', 'crashed']);

/** What {@link waitForExecutions} waits for. */
export type ExecutionWait = {
  atLeast: number;
  timeoutMs: number;
  /** `finished` by default; `waiting` also takes executions that are parked until a callback. */
  until?: 'started' | 'waiting' | 'finished';
};

/** The executions of a workflow, newest first, running ones included (at most 100). */
export async function listExecutions(session: RestSession, workflowId: string): Promise<ExecutionSummary[]> {
  const filter = encodeURIComponent(JSON.stringify({ workflowId }));
  const call = `rest/executions?filter=${filter}&limit=100`;
  return expectAnswer(List, await session.request('GET', call), `GET ${call}`).data.results;
}

/**
 * Resolves with the executions of a workflow once that many have got so far.
 * @throws after `timeoutMs`, naming the executions there are
 */
export async function waitForExecutions(
  session: RestSession,
  workflowId: string,
  { atLeast, timeoutMs, until = 'finished' }: ExecutionWait,
): Promise<ExecutionSummary[]> {
  const deadline = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const executions = await listExecutions(session, workflowId);
    if (executions.filter(({ status }) => hasReached(status, until)).length >= atLeast) {
      return executions;
    }
    if (deadline.aborted) {
      const seen = executions.map(({ id, status }) => `${id} ${status}`).join(', ') || 'none';
      throw new Error(
        `Waited ${timeoutMs} ms for ${atLeast} ${until} executions of ${workflowId}; saw ${seen}`,
      );
    }
    await delay(100);
  }
}

function hasReached(status: string, until: 'started' | 'waiting' | 'finished'): boolean {
  return until === 'started' || FINISHED.has(status) || (until === 'waiting' && status === 'waiting');
}

/** One execution with its data, through n8n's public API, which answers plain JSON. */
export async function readExecution(session: RestSession, apiKey: string, id: string): Promise<Execution> {
  const call = `api/v1/executions/${id}?includeData=true`;
  const answer = await session.request('GET', call, undefined, { 'X-N8N-API-KEY': apiKey });
  const { data, status, mode, startedAt, stoppedAt } = expectAnswer(Detail, answer, `GET ${call}`);
  const { runData = {}, error } = data.resultData;
  return {
    id,
    status,
    mode,
    startedAt,
    stoppedAt,
    ...(error === undefined ? {} : { error: error.message }),
    nodes: Object.fromEntries(Object.entries(runData).map(([name, runs]) => [name, runs.map(toNodeRun)])),
  };
}

function toNodeRun(run: Static<typeof Run>): NodeRun {
  return {
    status: run.executionStatus ?? 'unknown',
    durationMs: run.executionTime ?? 0,
    ...(run.error === undefined ? {} : { error: run.error.message }),
    outputs: (run.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json)),
  };
}

/**
 * The items a node put out on its first output in its last run.
 * @throws when the node did not run in this execution
 */
export function itemsOf(execution: Execution, node: string): Array<Record<string, unknown>> {
  const run = execution.nodes[node]?.at(-1);
  if (run === undefined) {
    const ran = Object.keys(execution.nodes).join(', ') || 'none';
    throw new Error(`"${node}" did not run in execution ${execution.id}; these did: ${ran}`);
  }
  return run.outputs[0] ?? [];
}
