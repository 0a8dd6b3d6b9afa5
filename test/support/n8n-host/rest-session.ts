import { randomUUID } from 'node:crypto';

/** A request that n8n refused. */
export class N8nRequestError extends Error {
  readonly status: number;
  readonly body: string;

  constructor(call: string, status: number, body: string) {
    super(`n8n answered ${call} with ${status}: ${body.slice(0, 600)}`);
    this.name = 'N8nRequestError';
    this.status = status;
    this.body = body;
  }
}

/**
 * The calls the editor makes, as one signed-in browser. n8n binds its cookie to the `browser-id` header, so
 * both belong together.
 */
export class RestSession {
  readonly url: string;
  readonly browserId = randomUUID();
  /** Manual executions report to the page with this reference. */
  readonly pushRef = randomUUID();
  #cookie: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** The value of the `n8n-auth` cookie. */
  get cookie(): string {
    if (this.#cookie === undefined) {
      throw new Error('Not signed in to n8n yet');
    }
    return this.#cookie;
  }

  /**
   * @param path from the root of the server, for example `rest/workflows`
   * @returns the parsed JSON, or undefined for an empty answer
   * @throws N8nRequestError for every status above 299
   */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      headers: {
        'content-type': 'application/json',
        'browser-id': this.browserId,
        'push-ref': this.pushRef,
        ...(this.#cookie === undefined ? {} : { cookie: `n8n-auth=${this.#cookie}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#keepCookie(answer.headers.getSetCookie());
    const text = await answer.text();
    if (!answer.ok) {
      throw new N8nRequestError(`${method} ${path}`, answer.status, text);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  #keepCookie(setCookies: readonly string[]): void {
    for (const setCookie of setCookies) {
      const value = /^n8n-auth=([^;]*)/.exec(setCookie)?.[1];
      if (value !== undefined && value !== '') {
        this.#cookie = value;
      }
    }
  }
}
