import type { INode, IWorkflowExecuteAdditionalData, Workflow } from 'n8n-workflow';
import type { WorkflowDocument } from '../n8n-host/index.ts';
import { runCode } from './code-runner.ts';
import { HeadlessCredentials, type CredentialValues } from './credentials.ts';
import { core, workflowModule } from './n8n-modules.ts';
import type { LoadedTypes } from './node-types.ts';
import type { ResumeServer } from './resume-server.ts';

/** What the executions of a workflow have around them. */
export type WorkflowPlace = {
  template: WorkflowDocument;
  credentials: CredentialValues;
  types: LoadedTypes;
  resume: ResumeServer;
};

/** The workflow afresh, as n8n loads it for each stretch of an execution: the executor marks its nodes. */
export function workflowIn({ template, credentials, types }: WorkflowPlace): Workflow {
  const references = Object.fromEntries(
    Object.keys(credentials).map((type) => [type, { id: type, name: type }]),
  );
  return new workflowModule.Workflow({
    id: template.name,
    name: template.name,
    nodes: structuredClone(template.nodes).map((node) => ({
      ...node,
      credentials: references,
    })) as unknown as INode[],
    connections: structuredClone(template.connections) as Workflow['connectionsBySourceNode'],
    active: true,
    nodeTypes: types.nodeTypes,
    ...(template.settings === undefined ? {} : { settings: template.settings }),
  });
}

/** What n8n's server gives its executor for an execution. */
export function additionalDataIn(
  { template, credentials, types, resume }: WorkflowPlace,
  executionId: string,
): IWorkflowExecuteAdditionalData {
  return {
    credentialsHelper: new HeadlessCredentials(credentials, types.credentialType),
    externalSecretsProxy: new core.ExternalSecretsProxy(),
    executeWorkflow: async () => await Promise.reject(new Error('No other workflow is there.')),
    getRunExecutionData: async () => await Promise.resolve(undefined),
    getRuntimeCredential: async () => await Promise.resolve(undefined),
    hooks: new core.ExecutionLifecycleHooks('trigger', executionId, {
      id: template.name,
      name: template.name,
      active: true,
      isArchived: false,
      createdAt: new Date(),
      updatedAt: new Date(),
      activeVersionId: null,
      nodes: [],
      connections: {},
    }),
    executionId,
    currentNodeExecutionIndex: 0,
    restApiUrl: '',
    instanceBaseUrl: resume.url,
    formBaseUrl: '',
    formWaitingBaseUrl: resume.url,
    formTestBaseUrl: '',
    webhookBaseUrl: '',
    webhookWaitingBaseUrl: resume.url,
    webhookTestBaseUrl: '',
    mcpBaseUrl: '',
    mcpTestBaseUrl: '',
    variables: {},
    logAiEvent: () => undefined,
    startRunnerTask: runCode,
  };
}
