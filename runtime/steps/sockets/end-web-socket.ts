import type { WebSocket } from 'ws';

/** A client that does not answer a close in this time is cut off, so that nobody waits for it. */
const CLOSE_ANSWER_MS = 1000;
/** RFC 6455 section 5.5: what fits beside the code into a control frame. */
const MOST_REASON_BYTES = 123;

/** Closes with a code and its reason, and for good soon after. */
export function endWebSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, shortened(reason));
  const killer = setTimeout(() => {
    socket.terminate();
  }, CLOSE_ANSWER_MS);
  socket.on('close', () => {
    clearTimeout(killer);
  });
}

/** As much of a text as fits, in whole characters. */
function shortened(text: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MOST_REASON_BYTES) {
      break;
    }
    end += character.length;
  }
  return text.slice(0, end);
}
