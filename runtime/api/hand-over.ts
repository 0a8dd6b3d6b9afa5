import type { FastifyReply, FastifyRequest } from 'fastify';
import { TLSSocket } from 'node:tls';
import { RoomflowError } from '../contract/index.ts';
import type { HandedConnection } from '../steps/index.ts';

/** What a WebSocket handshake is made of (RFC 6455 section 4.2.1); the rest of the request stays here. */
const handshakeHeaders = /^(upgrade|connection|sec-websocket-.+)$/;

/**
 * Gives the connection of a WebSocket upgrade to somebody else, before it is answered: media then goes between that
 * process and the client, and never through this one. What `handOver` throws is answered as any call's error.
 *
 * It belongs before the handler (`preHandler`), where `@fastify/websocket` would answer the upgrade.
 *
 * @throws RoomflowError `invalid-request` for a connection whose encryption ends here
 */
export async function handOverUpgrade(
  request: FastifyRequest & { query: Record<string, unknown> },
  reply: FastifyReply,
  handOver: (connection: HandedConnection) => Promise<void>,
): Promise<void> {
  const { socket } = request.raw;
  if (socket instanceof TLSSocket) {
    throw new RoomflowError(
      'invalid-request',
      'A stream cannot be handed over from a TLS connection that ends here; let a proxy in front of the runtime end it.',
    );
  }
  const { token: _token, ...query } = request.query;
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      handshakeHeaders.test(name) ? [[name, String(value)]] : [],
    ),
  );
  // A client has nothing to say before it is answered; one that does all the same is not cut short.
  const early: unknown = socket.read();
  await handOver({ socket, headers, query, head: Buffer.isBuffer(early) ? early : Buffer.alloc(0) });
  reply.hijack();
}

/** For the handler behind it, which sees requests that are no upgrades. */
export function refuseWithoutUpgrade(): never {
  throw new RoomflowError('invalid-request', 'This is a WebSocket: ask for an upgrade (RFC 6455).');
}
