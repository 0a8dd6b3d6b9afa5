import type { IRunExecutionData, IWebhookFunctions } from 'n8n-workflow';
import { core } from './n8n-modules.ts';
import type { Answer } from './resume-server.ts';
import { additionalDataIn, workflowIn, type WorkflowPlace } from './workflow-place.ts';

/**
 * Parks an execution until a call has its node put out items, as n8n's WaitingWebhooks does.
 *
 * @returns what the execution goes on with
 */
export async function parked(
  place: WorkflowPlace,
  id: string,
  data: IRunExecutionData,
): Promise<IRunExecutionData> {
  const { promise, resolve } = Promise.withResolvers<IRunExecutionData>();
  place.resume.expect(id, async () => {
    const { answer, goesOnWith } = await call(place, id, structuredClone(data));
    if (goesOnWith !== null) {
      place.resume.forget(id);
      resolve(goesOnWith);
    }
    return answer;
  });
  return await promise;
}

async function call(
  place: WorkflowPlace,
  id: string,
  data: IRunExecutionData,
): Promise<{ answer: Answer; goesOnWith: IRunExecutionData | null }> {
  const workflow = workflowIn(place);
  const entry = data.executionData?.nodeExecutionStack[0];
  const node = workflow.getNode(data.resultData.lastNodeExecuted ?? '');
  const type = node && place.types.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
  if (!entry || !node || !type?.webhook) {
    throw new Error(`Execution ${id} waits at a node that takes no calls.`);
  }
  const { response, given } = answering();
  const additionalData = {
    ...additionalDataIn(place, id),
    httpResponse: response,
  };
  const context = new core.WebhookContext(
    workflow,
    node,
    additionalData,
    'trigger',
    {
      httpMethod: 'POST',
      node: node.name,
      path: '',
      webhookDescription: { name: 'default', httpMethod: 'POST', path: '' },
      workflowId: workflow.id,
      workflowExecuteAdditionalData: additionalData,
    },
    [],
    data,
  );
  // The types of n8n-core are written without exactOptionalPropertyTypes, and fit otherwise.
  const result = await type.webhook.call(context as unknown as IWebhookFunctions);
  if (result.workflowData === undefined) {
    return {
      answer: given() ?? { status: 200, body: result.webhookResponse ?? {} },
      goesOnWith: null,
    };
  }
  delete data.waitTill;
  data.resultData.runData[node.name]?.pop();
  entry.node.disabled = true;
  entry.data['main'] = result.workflowData;
  entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
  return { answer: { status: 200, body: {} }, goesOnWith: data };
}

/** The part of an Express response that nodes answer a call with. */
function answering(): {
  response: ReturnType<IWebhookFunctions['getResponseObject']>;
  given(): Answer | null;
} {
  let status = 200;
  let given: Answer | null = null;
  const response = {
    status(code: number) {
      status = code;
      return response;
    },
    json(body: unknown) {
      given = { status, body };
      return response;
    },
    end() {
      return response;
    },
  };
  return {
    response: response as unknown as ReturnType<IWebhookFunctions['getResponseObject']>,
    given: () => given,
  };
}
