import type { WebSocket } from 'ws';

/** A wire that answers no ping for this long is dead: well inside the grace time of a participant. */
const PING_EVERY_MS = 5000;

/**
 * Pings a socket and ends it when neither an answer nor anything else comes, so that a silent network failure is noticed.
 * An answer may be long in coming behind what a client sends faster than it is read.
 */
export function keepAlive(socket: WebSocket, pingEveryMs = PING_EVERY_MS): void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, pingEveryMs);
  const live = (): void => {
    answered = true;
  };
  socket.on('pong', live);
  socket.on('message', live);
  socket.on('close', () => {
    clearInterval(timer);
  });
}
