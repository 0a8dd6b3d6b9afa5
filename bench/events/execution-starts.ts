import { setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { itemsOf, type N8nHost } from '../../test/support/n8n-host/index.ts';
import { TRIGGER } from './workflows.ts';

const PAGE = 100;

const Page = Type.Object({
  data: Type.Object({ results: Type.Array(Type.Object({ id: Type.String(), status: Type.String() })) }),
});
const TriggerItem = Type.Object({ participantId: Type.String() });
const WebhookItem = Type.Object({ body: Type.Object({ data: TriggerItem }) });

/** When executions of a workflow started, in milliseconds since 1970, by the participant who caused them. */
export type ExecutionStarts = Map<string, number[]>;

/**
 * Waits until a workflow has that many finished executions, and reads whom each was for and when it started,
 * as n8n's API tells (whole milliseconds).
 * @returns what there is, complete or not, when nothing more has come for twenty seconds
 */
export async function executionStarts(
  n8n: N8nHost,
  workflowId: string,
  expected: number,
  signal: AbortSignal,
): Promise<ExecutionStarts> {
  const starts: ExecutionStarts = new Map();
  for (const id of await finishedExecutions(n8n, workflowId, expected, signal)) {
    signal.throwIfAborted();
    const execution = await n8n.execution(id);
    for (const item of itemsOf(execution, TRIGGER)) {
      const participantId = participantOf(item);
      const known = starts.get(participantId) ?? [];
      starts.set(participantId, [...known, Date.parse(execution.startedAt ?? '')]);
    }
  }
  return starts;
}

async function finishedExecutions(
  n8n: N8nHost,
  workflowId: string,
  expected: number,
  signal: AbortSignal,
): Promise<string[]> {
  let finished: string[] = [];
  let lastProgressAt = performance.now();
  for (;;) {
    const now = (await listExecutions(n8n, workflowId)).flatMap(({ id, status }) =>
      status === 'success' ? [id] : [],
    );
    if (now.length > finished.length) {
      lastProgressAt = performance.now();
    }
    finished = now;
    if (finished.length >= expected || performance.now() - lastProgressAt > 20_000) {
      return finished;
    }
    await delay(500, undefined, { signal });
  }
}

/** All executions, newest first, page by page. */
async function listExecutions(
  n8n: N8nHost,
  workflowId: string,
): Promise<Array<{ id: string; status: string }>> {
  const all: Array<{ id: string; status: string }> = [];
  for (;;) {
    const query = new URLSearchParams({ filter: JSON.stringify({ workflowId }), limit: String(PAGE) });
    const oldest = all.at(-1);
    if (oldest !== undefined) {
      query.set('lastId', oldest.id);
    }
    const answer = await n8n.api('GET', `rest/executions?${query}`);
    if (!Value.Check(Page, answer)) {
      throw new Error(`n8n listed executions unexpectedly: ${JSON.stringify(answer).slice(0, 300)}`);
    }
    const { results } = answer.data;
    all.push(...results);
    if (results.length < PAGE) {
      return all;
    }
  }
}

function participantOf(item: Record<string, unknown>): string {
  if (Value.Check(WebhookItem, item)) {
    return item.body.data.participantId;
  }
  if (Value.Check(TriggerItem, item)) {
    return item.participantId;
  }
  throw new Error(`An execution began with an item without a participant: ${JSON.stringify(item)}`);
}
