import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that a system gives away by itself: on Linux from 32768 on, elsewhere from 49152 (RFC 6335 section 6).
 * One of those may be taken by an outgoing connection of any program before it is used; it has happened to n8n.
 */
const firstPort = 20_000;
const endPort = 32_000;
const shares = 16;
const portsPerShare = (endPort - firstPort) / shares;

/** Test files that run side by side look for theirs apart from each other. */
const share = Number(process.env['VITEST_POOL_ID'] ?? process.pid) % shares;
let next = Math.floor(Math.random() * portsPerShare);

/**
 * A port on 127.0.0.1 that nobody listens on, and that no system gives to a program which asks for any.
 *
 * Only for programs that cannot be given port 0: until they listen on it, another that names it may take it.
 */
export async function freePort(protocol: 'tcp' | 'udp' = 'tcp'): Promise<number> {
  for (let tried = 0; tried < portsPerShare; tried++) {
    const port = firstPort + share * portsPerShare + next;
    next = (next + 1) % portsPerShare;
    if (await (protocol === 'udp' ? canBind(port) : canListen(port))) {
      return port;
    }
  }
  throw new Error(`all of ${portsPerShare} ports from ${firstPort + share * portsPerShare} on are taken`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  if (!(await succeeds(listening))) {
    return false;
  }
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return true;
}

async function canBind(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const listening = once(socket, 'listening');
  socket.bind(port, '127.0.0.1');
  const bound = await succeeds(listening);
  await new Promise<void>((resolve) => socket.close(resolve));
  return bound;
}

/** @returns false when the port is taken; any other error is thrown. */
async function succeeds(listening: Promise<unknown>): Promise<boolean> {
  try {
    await listening;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return false;
    }
    throw error;
  }
}
