import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApiKey } from './api-key.ts';
import { browserState, type BrowserState } from './browser-state.ts';
import { type Credential, saveCredential, testCredential } from './credentials.ts';
import {
  type Execution,
  type ExecutionSummary,
  type ExecutionWait,
  listExecutions,
  readExecution,
  waitForExecutions,
} from './executions.ts';
import { freePort } from '../temporary/index.ts';
import { n8nEnvironment, type N8nPlace } from './n8n-environment.ts';
import { N8nProcess } from './n8n-process.ts';
import { listNodeTypes, type NodeType } from './node-types.ts';
import { defaultOwner, type Owner, signIn } from './owner.ts';
import { linkPackage } from './package-link.ts';
import { loadOptions, type PickerCall, type PickerEntry, searchList } from './pickers.ts';
import { publicationStatus, publish, unpublish } from './publication.ts';
import { RestSession } from './rest-session.ts';
import type { CredentialReference, ImportedWorkflow, WorkflowDocument } from './workflow-document.ts';
import { type ManualRun, type ManualRunStart, runManually, saveWorkflow } from './workflows.ts';

/** How to start an n8n. */
export type StartOptions = {
  /** Where n8n keeps its state; a temporary folder that `stop` removes when none is given. */
  userFolder?: string;
  /** A free port when none is given. */
  port?: number;
  /** The folder of an n8n package to load, as if it were installed. */
  packageDirectory?: string;
  /** Further environment variables of n8n. */
  env?: Readonly<Record<string, string>>;
  /** Gets every line n8n logs. */
  log?: (line: string) => void;
  owner?: Owner;
};

/**
 * Starts n8n on 127.0.0.1 and signs in as its owner. Resolves when it answers requests.
 * @throws when n8n is not installed, does not start in two minutes, or refuses the owner
 */
export async function startN8n(options: StartOptions = {}): Promise<N8nHost> {
  const temporary = options.userFolder === undefined;
  const userFolder =
    options.userFolder === undefined
      ? await mkdtemp(join(tmpdir(), 'roomflow-n8n-'))
      : resolve(options.userFolder);
  try {
    const place = { userFolder, port: options.port ?? (await freePort()), brokerPort: await freePort() };
    const host = new N8nHost(options, place, temporary);
    await host.start();
    return host;
  } catch (error) {
    if (temporary) {
      await rm(userFolder, { recursive: true, force: true });
    }
    throw error;
  }
}

/** A running n8n and the calls of its editor. Made by {@link startN8n}. */
export class N8nHost {
  readonly url: string;
  readonly userFolder: string;
  readonly owner: Owner;
  readonly #options: StartOptions;
  readonly #place: N8nPlace;
  readonly #temporary: boolean;
  #process: N8nProcess | undefined;
  #session: RestSession;
  #apiKey: Promise<string> | undefined;

  constructor(options: StartOptions, place: N8nPlace, temporary: boolean) {
    this.url = `http://127.0.0.1:${place.port}`;
    this.userFolder = place.userFolder;
    this.owner = options.owner ?? defaultOwner;
    this.#options = options;
    this.#place = place;
    this.#temporary = temporary;
    this.#session = new RestSession(this.url);
  }

  /** Starts n8n again after {@link stop} or {@link kill}; `startN8n` has done it the first time. */
  async start(): Promise<void> {
    if (this.#process !== undefined) {
      throw new Error(`n8n already runs as process ${this.#process.pid}`);
    }
    await mkdir(this.userFolder, { recursive: true });
    if (this.#options.packageDirectory !== undefined) {
      await linkPackage(this.userFolder, this.#options.packageDirectory);
    }
    const environment = n8nEnvironment(this.#place, this.#options.env ?? {});
    this.#process = await N8nProcess.start(environment, this.url, this.#options.log ?? (() => {}));
    try {
      this.#session = new RestSession(this.url);
      await signIn(this.#session, this.owner);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Stops n8n as a service manager does; a temporary user folder is removed with it. Does nothing twice. */
  async stop(): Promise<void> {
    await this.#halt((running) => running.stop());
    if (this.#temporary) {
      await rm(this.userFolder, { recursive: true, force: true });
    }
  }

  /** Ends n8n at once, as a crash does; its data stays. */
  async kill(): Promise<void> {
    await this.#halt((running) => running.kill());
  }

  /** Stops n8n and starts it on the same port; without `keepData` from an empty user folder. */
  async restart({ keepData = true }: { keepData?: boolean } = {}): Promise<void> {
    await this.#halt((running) => running.stop());
    if (!keepData) {
      await rm(this.userFolder, { recursive: true, force: true });
      this.#apiKey = undefined;
    }
    await this.start();
  }

  /** The process id of the n8n that runs now. */
  get pid(): number {
    return this.#running.pid;
  }

  /** The last lines n8n logged, oldest first. */
  get logLines(): readonly string[] {
    return this.#running.logLines;
  }

  /** What makes a Playwright browser context the signed-in owner (`storageState`). */
  get browserState(): BrowserState {
    return browserState(this.#session);
  }

  /** Any call of the editor: `api('GET', 'rest/workflows')`. Answers the parsed JSON. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    return await this.#session.request(method, path, body);
  }

  /** Saves a credential; one of the same name and type is updated and keeps its id. */
  async createCredential(credential: Credential): Promise<CredentialReference> {
    return await saveCredential(this.#session, credential);
  }

  /** Runs the credential type's own test. */
  async testCredential(
    reference: CredentialReference,
    credential: Credential,
  ): Promise<{ ok: boolean; message: string }> {
    return await testCredential(this.#session, reference, credential);
  }

  /** Saves a workflow; with an id it replaces the workflow of that id, or makes it. */
  async importWorkflow(document: WorkflowDocument, id?: string): Promise<ImportedWorkflow> {
    return await saveWorkflow(this.#session, document, id);
  }

  /**
   * Publishes the newest version of a workflow; resolves when its triggers run.
   * @throws PublicationError with n8n's message when a trigger did not start
   */
  async activate(workflowId: string): Promise<void> {
    await publish(this.#session, workflowId);
  }

  /** Takes a workflow out of service; resolves when its triggers have stopped. */
  async deactivate(workflowId: string): Promise<void> {
    await unpublish(this.#session, workflowId);
  }

  /** `not_published`, `in_progress`, `published`, `partial` or `failed`, with each trigger's message. */
  async publicationStatus(workflowId: string): Promise<Awaited<ReturnType<typeof publicationStatus>>> {
    return await publicationStatus(this.#session, workflowId);
  }

  /** Runs a workflow by hand, from a trigger or up to a node. */
  async run(workflowId: string, from: ManualRun): Promise<ManualRunStart> {
    return await runManually(this.#session, workflowId, from);
  }

  /** A workflow's executions, newest first, running ones included. */
  async executions(workflowId: string): Promise<ExecutionSummary[]> {
    return await listExecutions(this.#session, workflowId);
  }

  /** Resolves with a workflow's executions once that many have finished (or what `until` says). */
  async waitForExecutions(workflowId: string, wait: ExecutionWait): Promise<ExecutionSummary[]> {
    return await waitForExecutions(this.#session, workflowId, wait);
  }

  /** One execution with what every node put out. */
  async execution(id: string): Promise<Execution> {
    this.#apiKey ??= createApiKey(this.#session);
    return await readExecution(this.#session, await this.#apiKey, id);
  }

  /** Every node type this n8n offers, as the editor sees them. */
  async nodeTypes(): Promise<NodeType[]> {
    return await listNodeTypes(this.#session);
  }

  /** The entries of a resource locator's "From list". */
  async listSearch(call: PickerCall): Promise<{ results: PickerEntry[]; paginationToken?: unknown }> {
    return await searchList(this.#session, call);
  }

  /** The options of a parameter with a `loadOptionsMethod`. */
  async loadOptions(call: PickerCall): Promise<PickerEntry[]> {
    return await loadOptions(this.#session, call);
  }

  get #running(): N8nProcess {
    if (this.#process === undefined) {
      throw new Error('n8n does not run');
    }
    return this.#process;
  }

  async #halt(end: (running: N8nProcess) => Promise<void>): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running !== undefined) {
      await end(running);
    }
  }
}
