import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };
type Reply = { status: number; body?: string; headers?: Record<string, string> } | 'hang' | 'hang-up';

/** A real HTTP server that takes webhooks, keeps them and answers as it is told. */
export type Receiver = AsyncDisposable & {
  url: string;
  received: Received[];
  /** Resolves when so many requests have come in all. */
  count: (requests: number) => Promise<Received[]>;
};

/** @param reply how to answer the request that came as number `index`, from 0 */
export async function startReceiver(reply: (index: number, request: Received) => Reply): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const taken = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      const answer = reply(received.push(taken) - 1, taken);
      if (answer === 'hang-up') {
        response.destroy();
      } else if (answer !== 'hang') {
        response.writeHead(answer.status, answer.headers).end(answer.body);
      }
      for (const look of waiting) {
        look();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('expected a TCP address');
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    count: (requests) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.length >= requests) {
            waiting.delete(look);
            resolve(received);
          }
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
