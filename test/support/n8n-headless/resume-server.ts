import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a call is answered. */
export type Answer = { status: number; body: unknown };

/** Where executions that are parked are called to go on, as under an n8n server’s `/webhook-waiting`. */
export type ResumeServer = AsyncDisposable & {
  url: string;
  /** Takes the calls for an execution, until it is told otherwise. */
  expect(executionId: string, called: () => Promise<Answer>): void;
  forget(executionId: string): void;
};

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function startResumeServer(): Promise<ResumeServer> {
  const parked = new Map<string, () => Promise<Answer>>();
  const server = createServer((request, response) => {
    request.resume();
    const executionId = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    const called = parked.get(executionId);
    if (called === undefined) {
      // As n8n does while an execution is not parked yet: the runtime calls again.
      send(response, {
        status: 409,
        body: { message: `Execution ${executionId} does not wait.` },
      });
      return;
    }
    called().then(
      (answer) => send(response, answer),
      (error: unknown) => send(response, { status: 500, body: { message: String(error) } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect: (executionId, called) => void parked.set(executionId, called),
    forget: (executionId) => void parked.delete(executionId),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
