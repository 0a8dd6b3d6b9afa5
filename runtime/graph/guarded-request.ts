import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import type { OutboundGuard } from '../config/index.ts';

const MOST_REDIRECTS = 3;

export type GuardedRequest = {
  /** What is asked for, as in the header of that name. */
  accept: string;
  signal: AbortSignal;
};

/**
 * Asks for what stands at a http or https address. Every hop of it, redirects included, keeps to the guard. The caller
 * reads the body, or destroys it.
 *
 * @throws Error that says what went wrong, or RoomflowError `address-not-allowed`.
 */
export async function requestGuarded(
  url: URL,
  guard: OutboundGuard,
  options: GuardedRequest,
  redirects: number = MOST_REDIRECTS,
): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`it leads to a ${url.protocol} address`);
  }
  // A literal address goes past the socket's own lookup.
  await guard.check(url.hostname);
  const response = await request(url, guard, options);
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status === 200) {
    return response;
  }
  response.destroy();
  if (status >= 300 && status < 400 && location !== undefined) {
    if (redirects === 0) throw new Error(`it redirects more than ${MOST_REDIRECTS} times`);
    return requestGuarded(new URL(location, url), guard, options, redirects - 1);
  }
  throw new Error(`its server answered ${status}`);
}

/**
 * Hands on the body of an answer as it comes.
 *
 * @throws Error when it is larger than it may be
 */
export async function* bodyUpTo(response: IncomingMessage, mostBytes: number): AsyncGenerator<Buffer> {
  const tooLarge = (): Error => new Error(`it is larger than ${mostBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw tooLarge();
    yield chunk;
  }
}

function request(
  url: URL,
  guard: OutboundGuard,
  { accept, signal }: GuardedRequest,
): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    get(url, { lookup: guard.lookup, signal, headers: { accept, 'user-agent': 'Roomflow' } }, resolve).once(
      'error',
      reject,
    );
  });
}
