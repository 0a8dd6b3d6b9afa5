import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { PublishStreamNote } from '../../../runtime/contract/index.ts';
import { Observed } from './observed.ts';
import type { SocketClose } from './signalling-participant.ts';
import { refusalOf } from './tap-stream.ts';

/** A client that speaks into a room over its WebSocket. */
export type PublishStream = AsyncDisposable & {
  participantId: string;
  notes: Observed<PublishStreamNote>;
  closed: Promise<SocketClose>;
  send(data: Uint8Array | string): void;
  close(): Promise<void>;
  /** Goes without a word. */
  cut(): void;
};

/** @throws with status and body when the upgrade is refused */
export async function openPublishStream(
  url: string,
  roomId: string,
  query: Record<string, string | number>,
  authorization: string,
): Promise<PublishStream> {
  const address = new URL(`/v2/rooms/${roomId}/publish`, url);
  address.protocol = 'ws:';
  for (const [name, value] of Object.entries(query)) {
    address.searchParams.set(name, String(value));
  }
  const socket = new WebSocket(address, { headers: { authorization } });
  const notes = new Observed<PublishStreamNote>();
  const closed = new Promise<SocketClose>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on('error', () => {
    // `close` follows, or the refusal below says more.
  });
  socket.on('message', (data: Buffer) => {
    notes.add(JSON.parse(data.toString()) as PublishStreamNote);
  });
  await Promise.race([once(socket, 'open'), refusalOf(socket)]);
  const started = await notes.first((note) => note.type === 'started', 'the first note');
  return {
    participantId: started.participantId,
    notes,
    closed,
    send: (data) => {
      socket.send(data);
    },
    close: async () => {
      socket.close();
      await closed;
    },
    cut: () => {
      socket.terminate();
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await closed;
    },
  };
}
