import type { ErrorBody } from '../../../contract/index.ts';
import { CallError, isRefusal } from './call-error.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The runtime's HTTP API as one person with a key or a token sees it. */
export class Api {
  readonly #credential: string;
  readonly #onRefused: (error: CallError) => void;

  /** `onRefused`: the key or token is not taken (any more). */
  constructor(credential: string, onRefused: (error: CallError) => void = () => undefined) {
    this.#credential = credential;
    this.#onRefused = onRefused;
  }

  /** @throws CallError `unreachable`, or the code that the runtime answered */
  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#call<T>('GET', path, query);
  }

  /** @throws CallError `unreachable`, or the code that the runtime answered */
  post<T>(path: string, body?: unknown): Promise<T> {
    return this.#call<T>('POST', path, {}, body);
  }

  /** @throws CallError `unreachable`, or the code that the runtime answered */
  async text(path: string): Promise<string> {
    return (await this.#send('GET', path)).text();
  }

  /** The address of a WebSocket on this host. Browsers cannot set a header there, so the query tells who asks. */
  socketAddress(path: string, query: Query = {}): string {
    const address = new URL(withQuery(path, query), location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.searchParams.set('token', this.#credential);
    return address.href;
  }

  async #call<T>(method: string, path: string, query: Query, body?: unknown): Promise<T> {
    const response = await this.#send(method, withQuery(path, query), body);
    // The runtime checks what it answers against the schemas that these types are made of.
    return (await response.json()) as T;
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers: {
          authorization: this.#credential,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new CallError('unreachable', 'Roomflow does not answer.');
    }
    if (response.ok) {
      return response;
    }
    const error = await errorOf(response);
    if (isRefusal(error.code)) {
      this.#onRefused(error);
    }
    throw error;
  }
}

async function errorOf(response: Response): Promise<CallError> {
  try {
    return CallError.fromBody((await response.json()) as ErrorBody);
  } catch {
    // A proxy in between answers pages of its own while the runtime is away.
    return new CallError('unreachable', `The server answered ${response.status}.`);
  }
}

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      params.set(key, String(value));
    }
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
