import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RoomflowEvent } from '../../runtime/contract/index.ts';

/** An event and the moment its bytes reached this process, in `performance.now()` time. */
export type Arrival = { event: RoomflowEvent; arrivedAt: number };

type ServerMessage = { type: 'event'; event: RoomflowEvent } | { type: 'ready' | 'reset' };

/** A client of `GET /v2/events` that hears of joins. */
export class EventSubscriber {
  readonly #socket: WebSocket;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #waiting = new Map<string, (arrival: Arrival) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Resolves once events are live. */
  static async connect(runtimeUrl: string, serverKey: string): Promise<EventSubscriber> {
    const url = new URL('/v2/events?types=participant-joined', runtimeUrl.replace(/^http/, 'ws'));
    const socket = new WebSocket(url, {
      headers: { authorization: serverKey },
      perMessageDeflate: false,
    });
    const subscriber = new EventSubscriber(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (data: Buffer) => {
        const arrivedAt = performance.now();
        const message = JSON.parse(data.toString('utf8')) as ServerMessage;
        if (message.type === 'event') {
          subscriber.#heard({ event: message.event, arrivedAt });
        } else if (message.type === 'ready') {
          resolve();
        }
      });
    });
    return subscriber;
  }

  /**
   * The join of a participant, whether it has been heard of already or not.
   * @throws when it does not arrive within ten seconds
   */
  async joinOf(participantId: string, signal: AbortSignal): Promise<Arrival> {
    const known = this.#arrivals.get(participantId);
    if (known !== undefined) {
      return known;
    }
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    return await new Promise<Arrival>((resolve, reject) => {
      this.#waiting.set(participantId, resolve);
      limit.addEventListener('abort', () => {
        reject(new Error(`The subscriber did not hear of ${participantId}`, { cause: limit.reason }));
      });
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #heard(arrival: Arrival): void {
    if (arrival.event.type !== 'participant-joined') {
      return;
    }
    const { participantId } = arrival.event.data;
    this.#arrivals.set(participantId, arrival);
    this.#waiting.get(participantId)?.(arrival);
    this.#waiting.delete(participantId);
  }
}
