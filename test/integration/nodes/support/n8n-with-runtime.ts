import { expect } from 'vitest';
import { loadConfig } from '../../../../runtime/config/index.ts';
import { serve, type Served } from '../../../../runtime/serve.ts';
import {
  itemsOf,
  startN8n,
  type CredentialReference,
  type Execution,
  type N8nHost,
} from '../../../support/n8n-host/index.ts';
import { freePort, temporaryDirectory } from '../../../support/temporary/index.ts';
import { chain, type NodeSpec } from './workflow.ts';

const packageDirectory = new URL('../../../..', import.meta.url).pathname;
const start: NodeSpec = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** One of our nodes with its parameters. */
export const ours = (name: string, type: string, parameters: Record<string, unknown>): NodeSpec => ({
  name,
  type: `n8n-nodes-roomflow.${type}`,
  parameters,
});

/** A resource locator by ID. */
export const byId = (value: string): Record<string, unknown> => ({ __rl: true, mode: 'id', value });

/** A real n8n that holds the credential of a real runtime. */
export type N8nWithRuntime = AsyncDisposable & {
  n8n: N8nHost;
  credential: CredentialReference;
  /** The runtime as it runs now. */
  runtime(): Served;
  restartRuntime(): Promise<void>;
  /** Runs nodes in a row by hand and answers the execution. */
  run(...nodes: NodeSpec[]): Promise<Execution>;
  /** Runs one node, which must succeed, and answers its items. */
  only(node: NodeSpec): Promise<Record<string, unknown>[]>;
  makeRoom(customRoomId: string): Promise<{ roomId: string; joinUrl: string }>;
};

/** @param settings - of the runtime, beside those of every test */
export async function startN8nWithRuntime(settings: Record<string, unknown> = {}): Promise<N8nWithRuntime> {
  const folder = await temporaryDirectory();
  const port = await freePort();
  const startRuntime = async (): Promise<Served> =>
    await serve(
      loadConfig({
        flags: {
          port,
          'data-directory': folder.path,
          workers: 1,
          'log-level': 'silent',
          'minimum-free-disk-bytes': 0,
          ...settings,
        },
        cwd: folder.path,
      }),
    );
  let runtime = await startRuntime();
  const n8n = await startN8n({ packageDirectory });
  const credential = await n8n.createCredential({
    name: 'Roomflow',
    type: 'roomflowApi',
    data: { baseUrl: runtime.url, apiKey: runtime.runtime.keys.serverKey },
  });
  let runs = 0;

  const run = async (...nodes: NodeSpec[]): Promise<Execution> => {
    const { id } = await n8n.importWorkflow(chain(`run ${++runs}`, credential, [start, ...nodes]));
    await n8n.run(id, { trigger: 'Start' });
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 60_000 });
    return await n8n.execution(summary?.id ?? '');
  };
  const only = async (node: NodeSpec): Promise<Record<string, unknown>[]> => {
    const execution = await run(node);
    expect(execution.error).toBeUndefined();
    return itemsOf(execution, node.name);
  };
  return {
    n8n,
    credential,
    runtime: () => runtime,
    async restartRuntime() {
      await runtime.stop();
      runtime = await startRuntime();
    },
    run,
    only,
    async makeRoom(customRoomId) {
      const [room] = await only(ours('Create', 'createRoom', { customRoomId }));
      return { roomId: String(room?.['roomId']), joinUrl: String(room?.['joinUrl']) };
    },
    async [Symbol.asyncDispose]() {
      await n8n.stop();
      await runtime.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}
