import { MeetingError } from './meeting-error.ts';
import { readErrorBody } from './server-message.ts';

const TIMEOUT_MS = 5_000;

/**
 * Why the runtime refused to open a socket at `url`. A browser tells a page nothing about a failed upgrade (WHATWG
 * WebSockets, "fail the WebSocket connection"), but a plain request to the same address meets the same refusal.
 *
 * @returns null when it was not refused: the network failed, or the runtime was just away.
 */
export async function refusalAt(url: string): Promise<MeetingError | null> {
  try {
    const response = await fetch(url.replace(/^ws/, 'http'), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = readErrorBody(await response.text());
    // Anything else is the route saying that it wants a socket, which is no refusal.
    return body !== null && [401, 403, 429].includes(response.status) ? MeetingError.fromBody(body) : null;
  } catch {
    // The network is gone; the caller reports just that.
    return null;
  }
}
