import { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { HandedConnection } from '../step.ts';

/**
 * Completes the WebSocket handshake (RFC 6455 section 4.2) on a connection that was handed over. A request that asks
 * for none properly is answered with 400, and `accepted` is not called.
 *
 * @param maxPayload - Bytes of the largest message that is taken; a larger one ends the connection with 1009.
 */
export function acceptWebSocket(
  connection: HandedConnection,
  maxPayload: number,
  accepted: (socket: WebSocket) => void,
): void {
  const request = new IncomingMessage(connection.socket);
  request.method = 'GET';
  request.headers = connection.headers;
  // Media does not get smaller by deflating it, and it would cost a core for a few clients.
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
  });
  server.handleUpgrade(request, connection.socket, connection.head, accepted);
}
