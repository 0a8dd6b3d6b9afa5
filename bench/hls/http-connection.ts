import { connect, type Socket } from 'node:net';

export type HttpAnswer = { status: number; body: Buffer };

/**
 * One keep-alive connection that asks for one thing after another. Bare, so that hundreds of viewers leave the
 * processor to the runtime: it knows answers with a Content-Length, which is all that the runtime sends here.
 */
export class HttpConnection {
  readonly #host: string;
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #headEnd = -1;
  #wantedBytes = 0;
  #status = 0;
  #settle: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;

  constructor(host: string) {
    this.#host = host;
    const { hostname, port } = new URL(`http://${host}`);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('The runtime closed a connection')));
  }

  get(path: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nAccept-Encoding: identity\r\n\r\n`);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#headEnd === -1) {
      const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
      this.#received = [all];
      this.#headEnd = all.indexOf('\r\n\r\n');
      if (this.#headEnd === -1) {
        return;
      }
      const head = all.toString('latin1', 0, this.#headEnd);
      this.#status = Number(head.slice(9, 12));
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      this.#wantedBytes = this.#headEnd + 4 + length;
    }
    if (this.#receivedBytes >= this.#wantedBytes) {
      const all = this.#received.length === 1 ? this.#received[0] : Buffer.concat(this.#received);
      const body = all?.subarray(this.#headEnd + 4, this.#wantedBytes) ?? Buffer.alloc(0);
      this.#received = [];
      this.#receivedBytes = 0;
      this.#headEnd = -1;
      const settle = this.#settle;
      this.#settle = undefined;
      settle?.resolve({ status: this.#status, body });
    }
  }
}
