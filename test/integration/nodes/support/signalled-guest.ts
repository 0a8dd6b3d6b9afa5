import { once } from 'node:events';
import { WebSocket } from 'ws';

type Reply = { id: number; data?: unknown; error?: { code: string; message: string } };
type Notification = { event: string; data: Record<string, unknown> };

/** Somebody in a room without microphone and camera: only the signalling connection of a join link. */
export class SignalledGuest {
  readonly notifications: Notification[] = [];
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #lastId = 100;
  readonly #waiting: { event: string; resolve: (notification: Notification) => void }[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Partial<Notification & Reply>;
      if (message.id !== undefined) {
        this.#replies.get(message.id)?.(message as Reply);
        this.#replies.delete(message.id);
      }
      if (message.event !== undefined) {
        this.#take({ event: message.event, data: message.data ?? {} });
      }
    });
  }

  /** Joins by a link of the runtime; resolves when the guest is in the room. */
  static async join(
    joinUrl: string,
    guest: { name: string; participantId: string },
  ): Promise<SignalledGuest> {
    const link = new URL(joinUrl);
    const roomId = link.pathname.split('/').at(-1) ?? '';
    const token = link.searchParams.get('token') ?? '';
    const socket = new WebSocket(
      `${link.origin.replace(/^http/, 'ws')}/v2/rooms/${roomId}/signal?token=${encodeURIComponent(token)}`,
    );
    await once(socket, 'open');
    const answered = once(socket, 'message');
    const joined = new SignalledGuest(socket);
    socket.send(JSON.stringify({ id: 1, method: 'join', data: guest }));
    await answered;
    return joined;
  }

  /** The next notification of this kind, or one that has come already. */
  async notified(event: string): Promise<Notification> {
    const come = this.notifications.find((notification) => notification.event === event);
    return come ?? (await new Promise((resolve) => this.#waiting.push({ event, resolve })));
  }

  /** A call over the signalling connection; rejects with the error's code and message. */
  async call(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve) => {
      this.#replies.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, data: params }));
    });
    if (reply.error) {
      throw new Error(`${reply.error.code}: ${reply.error.message}`);
    }
    return reply.data;
  }

  async leave(): Promise<void> {
    const answered = once(this.#socket, 'message');
    this.#socket.send(JSON.stringify({ id: 2, method: 'leave', data: {} }));
    await answered;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #take(notification: Notification): void {
    this.notifications.push(notification);
    for (const { resolve } of this.#waiting.filter(({ event }) => event === notification.event)) {
      resolve(notification);
    }
  }
}
