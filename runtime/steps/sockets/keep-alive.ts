import type { WebSocket } from 'ws';

/** A wire that answers no ping for this long is dead: well inside the grace time of a participant. */
const PING_EVERY_MS = 5000;

/** Pings a socket and ends it when an answer stays out, so that a silent network failure is noticed. */
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
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => {
    clearInterval(timer);
  });
}
