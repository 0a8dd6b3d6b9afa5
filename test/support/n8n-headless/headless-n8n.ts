import { EventEmitter, once } from 'node:events';
import type { INode, INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import type { WorkflowDocument } from '../n8n-host/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import type { CredentialValues } from './credentials.ts';
import { execute } from './executor.ts';
import type { HeadlessExecution } from './headless-execution.ts';
import { core } from './n8n-modules.ts';
import { loadTypes } from './node-types.ts';
import { startResumeServer } from './resume-server.ts';
import { additionalDataIn, workflowIn, type WorkflowPlace } from './workflow-place.ts';

/** A workflow whose triggers listen. */
export type ActiveWorkflow = AsyncDisposable & {
  /** Those that have ended, oldest first. */
  executions(): readonly HeadlessExecution[];
  /** Begins at a node without an event, as *Execute workflow* does, and answers how it ended. */
  execute(node: string): Promise<HeadlessExecution>;
  /** The first that a trigger has begun, or the one of a number, once it has ended. */
  ended(trigger: string, number?: number): Promise<HeadlessExecution>;
};

/** n8n's executor without its server: no database, no editor, no HTTP API. */
export type HeadlessN8n = AsyncDisposable & {
  activate(template: WorkflowDocument, credentials: CredentialValues): Promise<ActiveWorkflow>;
};

const manual = 'n8n-nodes-base.manualTrigger';
const patienceMs = 30_000;

/** @param packageDirectory of Roomflow, with its nodes built */
export async function startHeadlessN8n(packageDirectory: string): Promise<HeadlessN8n> {
  const folder = await temporaryDirectory('roomflow-headless-n8n-');
  // Where n8n-core writes its key, which it makes when it is first asked for it.
  process.env['N8N_USER_FOLDER'] = folder.path;
  const types = await loadTypes(packageDirectory);
  const resume = await startResumeServer();
  let executionCount = 0;
  const nextId = (): string => String(++executionCount);

  return {
    activate: async (template, credentials) => await listen({ template, credentials, types, resume }, nextId),
    async [Symbol.asyncDispose]() {
      await resume[Symbol.asyncDispose]();
      delete process.env['N8N_USER_FOLDER'];
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Starts the triggers of a workflow, each item of which begins an execution, but none twice. */
async function listen(place: WorkflowPlace, nextId: () => string): Promise<ActiveWorkflow> {
  const changes = new EventEmitter();
  const executions: HeadlessExecution[] = [];
  const seenKeys = new Set<string>();
  const closers: (() => Promise<void>)[] = [];
  const workflow = workflowIn(place);

  async function begin(node: INode, items: INodeExecutionData[][]): Promise<HeadlessExecution> {
    const execution = await execute(place, nextId(), node, items);
    executions.push(execution);
    changes.emit('ended');
    return execution;
  }

  for (const node of Object.values(workflow.nodes)) {
    const { trigger } = place.types.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
    if (trigger === undefined || node.type === manual || node.disabled === true) {
      continue;
    }
    const emit: ITriggerFunctions['emit'] = (items, _response, _done, key = nextId()) => {
      if (!seenKeys.has(key)) {
        seenKeys.add(key);
        begin(node, items).catch((error: unknown) => changes.emit('error', error));
      }
    };
    const additionalData = additionalDataIn(place, 'trigger');
    const context = new core.TriggerContext(workflow, node, additionalData, 'trigger', 'activate', emit);
    // The types of n8n-core are written without exactOptionalPropertyTypes, and fit otherwise.
    const response = await trigger.call(context as unknown as ITriggerFunctions);
    closers.push(async () => await response?.closeFunction?.());
  }

  return {
    executions: () => executions,
    async execute(name) {
      const node = workflow.getNode(name);
      if (node === null) {
        throw new Error(`The workflow has no node ${name}.`);
      }
      return await begin(node, [[{ json: {} }]]);
    },
    async ended(trigger, number = 1) {
      const giveUp = AbortSignal.timeout(patienceMs);
      for (;;) {
        const found = executions.filter((execution) => execution.trigger === trigger)[number - 1];
        if (found !== undefined) {
          return found;
        }
        await once(changes, 'ended', { signal: giveUp });
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(closers.map(async (close) => await close()));
    },
  };
}
