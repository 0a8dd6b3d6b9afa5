import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import { N8nRequestError, type RestSession } from './rest-session.ts';
import type { ImportedWorkflow, WorkflowDocument } from './workflow-document.ts';

const Saved = Type.Object({
  data: Type.Object({ id: Type.String(), versionId: Type.String(), name: Type.String() }),
});
const Started = Type.Object({
  data: Type.Object({
    executionId: Type.Optional(Type.String()),
    waitingForWebhook: Type.Optional(Type.Boolean()),
  }),
});

/** From which node a manual run starts, or at which node it ends. */
export type ManualRun = { trigger: string } | { destination: string };

/** What a manual run led to: an execution, or a trigger that listens for its first event. */
export type ManualRunStart = { executionId: string } | { listening: true };

/** Saves a workflow. With an id the workflow of that id is replaced if there is one, else made. */
export async function saveWorkflow(
  session: RestSession,
  document: WorkflowDocument,
  id?: string,
): Promise<ImportedWorkflow> {
  const known = id === undefined ? undefined : await findWorkflow(session, id);
  const answer =
    known === undefined
      ? await session.request('POST', 'rest/workflows', id === undefined ? document : { ...document, id })
      : await session.request('PATCH', `rest/workflows/${known.id}`, document);
  return expectAnswer(Saved, answer, 'saving a workflow').data;
}

/** The newest saved version of a workflow; undefined when there is none of this id. */
export async function findWorkflow(session: RestSession, id: string): Promise<ImportedWorkflow | undefined> {
  try {
    const call = `rest/workflows/${id}`;
    return expectAnswer(Saved, await session.request('GET', call), `GET ${call}`).data;
  } catch (error) {
    if (error instanceof N8nRequestError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** Runs a saved workflow as the editor's "Execute workflow" does. */
export async function runManually(session: RestSession, id: string, run: ManualRun): Promise<ManualRunStart> {
  const body =
    'trigger' in run
      ? { triggerToStartFrom: { name: run.trigger } }
      : { destinationNode: { nodeName: run.destination, mode: 'inclusive' } };
  const call = `rest/workflows/${id}/run`;
  const { data } = expectAnswer(Started, await session.request('POST', call, body), `POST ${call}`);
  if (data.executionId !== undefined) {
    return { executionId: data.executionId };
  }
  if (data.waitingForWebhook === true) {
    return { listening: true };
  }
  throw new Error(`n8n neither started an execution nor listens: ${JSON.stringify(data)}`);
}
