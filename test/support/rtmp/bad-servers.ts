import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A server at a port of its own on 127.0.0.1. */
export type LocalServer = AsyncDisposable & { port: number };

/** Accepts connections and never says a word. */
export async function startSilentServer(): Promise<LocalServer> {
  return listening(createServer());
}

/** Passes everything on to another port until it is told to stop reading what clients send. */
export async function startStallingProxy(port: number): Promise<LocalServer & { stall(): void }> {
  const clients = new Set<Socket>();
  let stalled = false;
  const server = createServer((client) => {
    clients.add(client);
    const behind = connect(port, '127.0.0.1');
    client.on('error', () => behind.destroy());
    behind.on('error', () => client.destroy());
    behind.pipe(client);
    if (!stalled) {
      client.pipe(behind);
    }
  });
  return {
    ...(await listening(server)),
    stall() {
      stalled = true;
      for (const client of clients) {
        client.unpipe();
        client.pause();
      }
    },
  };
}

/** Takes the TLS off and passes the rest on to another port. */
export async function startTlsTerminator(
  port: number,
  certificate: { key: string; cert: string },
): Promise<LocalServer> {
  return listening(
    createTlsServer(certificate, (client) => {
      const behind = connect(port, '127.0.0.1');
      client.on('error', () => behind.destroy());
      behind.on('error', () => client.destroy());
      client.pipe(behind);
      behind.pipe(client);
    }),
  );
}

async function listening(server: Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whoever hangs up on a bad server is not to end the test.
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
