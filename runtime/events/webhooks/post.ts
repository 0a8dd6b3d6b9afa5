import type { Answer } from './outcome.ts';

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const textKept = 300;

/** Posts a JSON body once. Never throws: no answer is an {@link Answer} too. */
export async function post(
  fetch: Fetch,
  request: {
    url: string;
    body: string;
    headers: Record<string, string>;
    timeoutMs: number;
    stop: AbortSignal;
  },
): Promise<Answer> {
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      body: request.body,
      headers: { 'content-type': 'application/json', 'user-agent': 'Roomflow-Webhooks', ...request.headers },
      // A redirected POST would hand the body to whoever the receiver names.
      redirect: 'manual',
      signal: AbortSignal.any([request.stop, AbortSignal.timeout(request.timeoutMs)]),
    });
    return {
      status: response.status,
      text: await beginningOf(response),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    };
  } catch (error) {
    return { failure: reason(error, request.timeoutMs) };
  }
}

/** Only the beginning: a receiver may answer as much as it likes. */
async function beginningOf(response: Response): Promise<string> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  if (reader === undefined) {
    return '';
  }
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < textKept) {
    const { done, value } = await reader.read();
    if (done) {
      return text;
    }
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.slice(0, textKept);
}

/** Seconds, RFC 9110 section 10.2.3; its date form is rare and left to our own schedule. */
const retryAfterMs = (header: string | null): number =>
  header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;

function reason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `No answer within ${timeoutMs} ms`;
  }
  // fetch says "fetch failed" and keeps what happened in the cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
