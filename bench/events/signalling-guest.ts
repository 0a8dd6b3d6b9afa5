import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SignallingReply } from '../../runtime/contract/index.ts';

/** When a join was called and answered, in `performance.now()` time. */
export type JoinTimes = { calledAt: number; answeredAt: number };

/** Somebody who joins and leaves a room over signalling alone, without media. */
export class SignallingGuest {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Opens the signalling socket; the guest is not in the room yet. */
  static async connect(runtimeUrl: string, roomId: string, token: string): Promise<SignallingGuest> {
    const url = new URL(`/v2/rooms/${roomId}/signal`, runtimeUrl.replace(/^http/, 'ws'));
    url.searchParams.set('token', token);
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    return new SignallingGuest(socket);
  }

  /** @throws when the runtime refuses */
  async join(participantId: string, signal: AbortSignal): Promise<JoinTimes> {
    const replied = this.#replyTo(1, signal);
    const request = JSON.stringify({ id: 1, method: 'join', data: { name: participantId, participantId } });
    const calledAt = performance.now();
    this.#socket.send(request);
    const { reply, answeredAt } = await replied;
    if ('error' in reply) {
      throw new Error(`${participantId} could not join: ${reply.error.message}`);
    }
    return { calledAt, answeredAt };
  }

  /** Leaves the room and closes the socket. */
  async leave(signal: AbortSignal): Promise<void> {
    const closed = once(this.#socket, 'close');
    const replied = this.#replyTo(2, signal);
    this.#socket.send(JSON.stringify({ id: 2, method: 'leave', data: {} }));
    await Promise.race([replied, closed]);
    this.#socket.close();
    await closed;
  }

  /** Drops the connection at once. */
  terminate(): void {
    this.#socket.terminate();
  }

  async #replyTo(id: number, signal: AbortSignal): Promise<{ reply: SignallingReply; answeredAt: number }> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    return await new Promise((resolve, reject) => {
      const listen = (data: Buffer): void => {
        const answeredAt = performance.now();
        const message = JSON.parse(data.toString('utf8')) as SignallingReply | { event: string };
        if ('id' in message && message.id === id) {
          this.#socket.off('message', listen);
          resolve({ reply: message, answeredAt });
        }
      };
      this.#socket.on('message', listen);
      limit.addEventListener('abort', () => {
        reject(new Error(`No answer to signalling call ${id}`, { cause: limit.reason }));
      });
    });
  }
}
