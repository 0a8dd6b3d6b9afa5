import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import type { OutboundGuard } from '../config/index.ts';

export type DownloadLimits = { bytes: number; milliseconds: number };

const MOST_REDIRECTS = 3;

/**
 * Fetches what stands at a http or https address. Every hop of it, redirects included, keeps to the guard.
 *
 * @throws Error that says what went wrong, or RoomflowError `address-not-allowed`.
 */
export async function download(url: URL, guard: OutboundGuard, limits: DownloadLimits): Promise<Buffer> {
  const signal = AbortSignal.timeout(limits.milliseconds);
  try {
    return await follow(url, guard, limits.bytes, signal, MOST_REDIRECTS);
  } catch (error) {
    if (signal.aborted) {
      throw new Error(`it did not arrive within ${limits.milliseconds / 1000} s`, { cause: error });
    }
    throw error;
  }
}

async function follow(
  url: URL,
  guard: OutboundGuard,
  mostBytes: number,
  signal: AbortSignal,
  redirects: number,
): Promise<Buffer> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`it leads to a ${url.protocol} address`);
  }
  // A literal address goes past the socket's own lookup.
  await guard.check(url.hostname);
  const response = await request(url, guard, signal);
  try {
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      if (redirects === 0) throw new Error(`it redirects more than ${MOST_REDIRECTS} times`);
      return await follow(new URL(location, url), guard, mostBytes, signal, redirects - 1);
    }
    if (status !== 200) throw new Error(`its server answered ${status}`);
    return await bodyOf(response, mostBytes);
  } finally {
    response.destroy();
  }
}

function request(url: URL, guard: OutboundGuard, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    get(
      url,
      {
        lookup: guard.lookup,
        signal,
        headers: { accept: 'image/png,image/jpeg,image/webp,image/svg+xml', 'user-agent': 'Roomflow' },
      },
      resolve,
    ).once('error', reject);
  });
}

async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const tooLarge = (): Error => new Error(`it is larger than ${mostBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
