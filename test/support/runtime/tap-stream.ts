import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { TapMessageHeader, TapStreamNote } from '../../../runtime/contract/index.ts';
import { Observed } from './observed.ts';
import type { SocketClose } from './signalling-participant.ts';

export type ReceivedTapMessage = { header: TapMessageHeader; payload: Buffer };

/** A client of a tap, of its own making: it reads what the documentation says. */
export type TapStream = AsyncDisposable & {
  messages: Observed<ReceivedTapMessage>;
  notes: Observed<TapStreamNote>;
  closed: Promise<SocketClose>;
  /** Lets the network fill up, as a client that hangs, and reads on. */
  pauseReading(): void;
  resumeReading(): void;
  send(data: string | Buffer): void;
};

/** @throws with status and body when the upgrade is refused */
export async function openTapStream(
  url: string,
  stepId: string,
  query: Record<string, string | number>,
  authorization: string,
): Promise<TapStream> {
  const address = new URL(`/v2/taps/${stepId}/stream`, url);
  address.protocol = 'ws:';
  for (const [name, value] of Object.entries(query)) {
    address.searchParams.set(name, String(value));
  }
  const socket = new WebSocket(address, { headers: { authorization } });
  const messages = new Observed<ReceivedTapMessage>();
  const notes = new Observed<TapStreamNote>();
  const closed = new Promise<SocketClose>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  socket.on('error', () => {
    // `close` follows, or the refusal below says more.
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      messages.add(readTapMessage(data));
    } else {
      notes.add(JSON.parse(data.toString()) as TapStreamNote);
    }
  });
  await Promise.race([once(socket, 'open'), refusalOf(socket)]);
  return {
    messages,
    notes,
    closed,
    pauseReading: () => {
      socket.pause();
    },
    resumeReading: () => {
      socket.resume();
    },
    send: (data) => {
      socket.send(data);
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await closed;
    },
  };
}

/** Rejects when the upgrade is answered with anything else. */
export function refusalOf(socket: WebSocket): Promise<never> {
  return new Promise<never>((_resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        reject(new UpgradeRefused(response.statusCode ?? 0, JSON.parse(Buffer.concat(chunks).toString())));
      });
    });
  });
}

export class UpgradeRefused extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`the upgrade was answered with ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

function readTapMessage(data: Buffer): ReceivedTapMessage {
  const headerBytes = data.readUInt16BE();
  return {
    header: JSON.parse(data.toString('utf8', 2, 2 + headerBytes)) as TapMessageHeader,
    payload: data.subarray(2 + headerBytes),
  };
}
