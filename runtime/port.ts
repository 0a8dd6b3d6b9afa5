import { once } from 'node:events';
import { createServer } from 'node:net';
import { RoomflowError } from './contract/index.ts';

/** Where a server is to listen. */
export type ListenAddress = { host: string; port: number };

/**
 * Has a server listen.
 *
 * @returns the address, such as `http://127.0.0.1:7890`
 * @throws RoomflowError `port-in-use`; what else the system refuses as it is (EACCES, EADDRNOTAVAIL)
 */
export async function listen(
  server: { listen(address: ListenAddress): Promise<string> },
  { host, port }: ListenAddress,
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    throw listenFailure(cause, { host, port });
  }
}

/**
 * Resolves when nobody listens there.
 *
 * @throws RoomflowError `port-in-use`; what else the system refuses as it is
 */
export async function requireFreePort({ host, port }: ListenAddress): Promise<void> {
  const probe = createServer().listen({ host, port });
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw listenFailure(cause, { host, port });
  }
  probe.close();
  await once(probe, 'close');
}

function listenFailure(cause: unknown, { host, port }: ListenAddress): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EADDRINUSE'
    ? new RoomflowError(
        'port-in-use',
        `Port ${port} on ${host} is in use. Stop the other program, or choose another with --port.`,
        { cause },
      )
    : cause;
}
