import { once } from 'node:events';
import {
  RoomflowError,
  isErrorCode,
  type ErrorBody,
  type Joined,
  type SignallingEvents,
  type SignallingMethod,
  type SignallingNotification,
  type SignallingParams,
  type SignallingReply,
  type SignallingResults,
} from '../../../runtime/contract/index.ts';
import { Observed } from './observed.ts';

export type SocketClose = { code: number; reason: string };

/** A participant's wire and nothing more: no browser, no media. */
export type SignallingWire = AsyncDisposable & {
  /** Calls a method. @throws RoomflowError with the code that the runtime answered */
  call<M extends SignallingMethod>(
    method: M,
    ...data: Record<string, never> extends SignallingParams<M>
      ? [SignallingParams<M>?]
      : [SignallingParams<M>]
  ): Promise<SignallingResults[M]>;
  /** Sends anything, and gives whatever is answered next with this id. */
  sendRaw(message: string | Uint8Array<ArrayBuffer>, answeredWithId: number): Promise<SignallingReply>;
  /** The first notification that fits, whether it has come already or comes yet. */
  notified<E extends keyof SignallingEvents>(
    event: E,
    fits?: (data: SignallingEvents[E]) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<SignallingEvents[E]>;
  /** Of one kind, so far. */
  notifications<E extends keyof SignallingEvents>(event: E): SignallingEvents[E][];
  closed: Promise<SocketClose>;
  /** Breaks the wire without a word, as a lost network does. */
  drop(): Promise<void>;
};

/** In the room. */
export type SignallingParticipant = SignallingWire & Joined & { leave(): Promise<void> };

type Incoming = SignallingReply | SignallingNotification;

/** Opens a participant's socket without joining. @throws when the upgrade is refused */
export async function openWire(url: string, roomId: string, token: string): Promise<SignallingWire> {
  const address = new URL(`/v2/rooms/${roomId}/signal`, url);
  address.protocol = 'ws:';
  address.searchParams.set('token', token);
  const socket = new WebSocket(address);
  const incoming = new Observed<Incoming>();
  const closed = new Promise<SocketClose>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      resolve({ code, reason });
    });
  });
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    incoming.add(JSON.parse(data) as Incoming);
  });
  await Promise.race([
    once(socket, 'open'),
    closed.then(({ code, reason }) => {
      throw new Error(`the signalling socket was refused: ${code} ${reason}`);
    }),
  ]);

  let lastId = 0;
  const replyTo = (id: number, from: number): Promise<SignallingReply> => {
    const isReply = (message: Incoming): message is SignallingReply => 'id' in message && message.id === id;
    return incoming.first(isReply, `the reply to call ${id}`, { from });
  };
  const isNotification = (message: Incoming): message is SignallingNotification => 'event' in message;
  const drop = async (): Promise<void> => {
    socket.close();
    await closed;
  };

  return {
    call: async (method, ...[data]) => {
      const id = ++lastId;
      socket.send(JSON.stringify({ id, method, data: data ?? {} }));
      const reply = await Promise.race([
        replyTo(id, 0),
        closed.then(({ code, reason }) => {
          throw new Error(`the socket closed (${code} ${reason}) before "${method}" was answered`);
        }),
      ]);
      if ('error' in reply) {
        throw failureOf(reply.error);
      }
      // The runtime answers what the contract says for this method.
      return reply.data as never;
    },
    sendRaw: (message, answeredWithId) => {
      const from = incoming.all.length;
      socket.send(message);
      return replyTo(answeredWithId, from);
    },
    notified: async <E extends keyof SignallingEvents>(
      event: E,
      fits: (data: SignallingEvents[E]) => boolean = () => true,
      options: { timeoutMs?: number } = {},
    ) => {
      const isIt = (message: Incoming): boolean =>
        isNotification(message) && message.event === event && fits(message.data as SignallingEvents[E]);
      const message = await incoming.first(isIt, `notification ${event}`, options);
      return (message as SignallingNotification).data as SignallingEvents[E];
    },
    notifications: <E extends keyof SignallingEvents>(event: E) =>
      incoming.all
        .filter(isNotification)
        .filter((message) => message.event === event)
        .map((message) => message.data as SignallingEvents[E]),
    closed,
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

/** Opens a wire and joins the room over it. */
export async function joinRoom(
  url: string,
  roomId: string,
  token: string,
  params: SignallingParams<'join'>,
): Promise<SignallingParticipant> {
  const wire = await openWire(url, roomId, token);
  const joined = await wire.call('join', params);
  if (joined.state !== 'joined') {
    throw new Error(`"${params.name}" has to wait at the door`);
  }
  return {
    ...wire,
    ...joined,
    leave: async () => {
      await wire.call('leave');
    },
  };
}

function failureOf(body: ErrorBody): Error {
  return isErrorCode(body.code)
    ? RoomflowError.fromBody(body)
    : new Error(`unknown error code ${String(body.code)}`);
}
