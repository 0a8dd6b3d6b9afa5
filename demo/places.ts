import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';

/** The project, which is also the n8n package that the demo loads. */
export const projectDirectory = resolve(import.meta.dirname, '..');

/** Everything the demo leaves behind, so that the next start takes up where it was. */
export const stateDirectory = join(projectDirectory, '.roomflow');
export const runtimeDataDirectory = join(stateDirectory, 'demo');
export const n8nUserFolder = join(stateDirectory, 'n8n');
export const workflowsDirectory = join(projectDirectory, 'workflows');

/** The port people know, or a free one when somebody else has it. */
export async function portNear(preferred: number): Promise<number> {
  return (await portIfFree(preferred)) ?? (await portIfFree(0)) ?? preferred;
}

async function portIfFree(port: number): Promise<number | undefined> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return undefined;
    }
    throw error;
  } finally {
    probe.close();
  }
}
