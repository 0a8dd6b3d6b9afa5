import { setTimeout as delay } from 'node:timers/promises';
import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';
import { findWorkflow } from './workflows.ts';

const PUBLISH_LIMIT_MS = 120_000;

const Status = Type.Object({
  data: Type.Object({
    status: Type.String(),
    pendingVersionId: Type.Union([Type.String(), Type.Null()]),
    triggers: Type.Array(
      Type.Object({
        nodeId: Type.String(),
        status: Type.String(),
        errorMessage: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  }),
});

/** A workflow whose triggers n8n could not start. */
export class PublicationError extends Error {
  readonly status: string;

  constructor(workflowId: string, status: string, messages: readonly string[]) {
    super(`Publishing workflow ${workflowId} ended as ${status}: ${messages.join('; ') || 'no message'}`);
    this.name = 'PublicationError';
    this.status = status;
  }
}

/**
 * Publishes the newest version of a workflow. n8n answers before the triggers have started, and tries a
 * failing trigger five times, so the outcome is polled for.
 * @throws PublicationError when a trigger did not start
 */
export async function publish(session: RestSession, workflowId: string): Promise<void> {
  const workflow = await findWorkflow(session, workflowId);
  if (workflow === undefined) {
    throw new Error(`There is no workflow ${workflowId} to publish`);
  }
  await session.request('POST', `rest/workflows/${workflowId}/activate`, { versionId: workflow.versionId });
  const deadline = AbortSignal.timeout(PUBLISH_LIMIT_MS);
  for (;;) {
    const { status, triggers, pendingVersionId } = await publicationStatus(session, workflowId);
    if (status === 'published' && pendingVersionId === null) {
      return;
    }
    const settledBadly = status === 'failed' || status === 'partial';
    if (settledBadly || deadline.aborted) {
      const messages = triggers.flatMap(({ errorMessage }) => (errorMessage === null ? [] : [errorMessage]));
      throw new PublicationError(workflowId, status, messages);
    }
    await delay(50);
  }
}

/** The state of a workflow's triggers: `not_published`, `in_progress`, `published`, `partial` or `failed`. */
export async function publicationStatus(session: RestSession, workflowId: string) {
  const call = `rest/workflows/${workflowId}/publication-status`;
  return expectAnswer(Status, await session.request('GET', call), `GET ${call}`).data;
}

/** Takes a workflow out of service; resolves once its triggers have stopped. */
export async function unpublish(session: RestSession, workflowId: string): Promise<void> {
  await session.request('POST', `rest/workflows/${workflowId}/deactivate`, {});
  const deadline = AbortSignal.timeout(PUBLISH_LIMIT_MS);
  for (;;) {
    const { status } = await publicationStatus(session, workflowId);
    if (status === 'not_published') {
      return;
    }
    if (deadline.aborted) {
      throw new PublicationError(workflowId, status, ['still not out of service']);
    }
    await delay(50);
  }
}
