import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { RoomflowError } from '../contract/index.ts';

/** Answers a WebSocket upgrade with an HTTP error, as the API would, and ends the connection. */
export function refuseUpgrade(socket: Socket, error: RoomflowError): void {
  const body = JSON.stringify(error.toBody());
  socket.on('error', () => {
    // Whoever asked has gone: there is nobody to tell.
  });
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
