import { signal, type ReadonlySignal } from '@preact/signals';
import { Toasts } from '../shared/index.ts';
import {
  Api,
  CallError,
  EventFeed,
  isRefusal,
  recallCredential,
  rememberCredential,
} from './client/index.ts';
import { routeOf, type Route } from './route.ts';
import { signInText } from './texts/index.ts';

/** Somebody whose key or token was taken. */
export type SignedIn = { api: Api; feed: EventFeed };

/** What the page shows and can do. */
export class Console {
  readonly toasts = new Toasts();
  readonly #route = signal<Route>(routeOf(location.hash));
  readonly #signedIn = signal<SignedIn | null>(null);
  readonly #signingIn = signal(false);
  readonly #problem = signal<string | null>(null);

  constructor() {
    addEventListener('hashchange', () => {
      this.#route.value = routeOf(location.hash);
    });
    const kept = recallCredential();
    if (kept !== null) {
      void this.signIn(kept);
    }
  }

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  /** null before signing in. */
  get signedIn(): ReadonlySignal<SignedIn | null> {
    return this.#signedIn;
  }

  get signingIn(): ReadonlySignal<boolean> {
    return this.#signingIn;
  }

  /** Why signing in did not work, or why it is over. */
  get problem(): ReadonlySignal<string | null> {
    return this.#problem;
  }

  /** With the server key or a token; kept for this tab when it is taken. */
  async signIn(credential: string): Promise<void> {
    this.#signingIn.value = true;
    this.#problem.value = null;
    const feed = new EventFeed();
    const api = new Api(credential, (error) => this.signOut(error));
    try {
      // For those who run meetings: what a guest's token may read is not enough.
      await api.get('/v2/workers');
      await feed.open(api);
      rememberCredential(credential);
      this.#signedIn.value = { api, feed };
    } catch (error) {
      const failure = CallError.from(error);
      this.#problem.value = signInText(failure);
      if (failure.code !== 'unreachable') {
        rememberCredential(null);
      }
    } finally {
      this.#signingIn.value = false;
    }
  }

  /** `because`: the key or token is not taken any more. */
  signOut(because?: CallError): void {
    this.#signedIn.value?.feed.close();
    this.#signedIn.value = null;
    rememberCredential(null);
    this.#problem.value = because === undefined ? null : signInText(because);
  }

  /** Does something on the runtime, and tells when it was refused. @returns whether it went */
  async attempt(what: (api: Api) => Promise<unknown>, done?: string): Promise<boolean> {
    const signedIn = this.#signedIn.value;
    if (signedIn === null) {
      return false;
    }
    try {
      await what(signedIn.api);
      if (done !== undefined) {
        this.toasts.show(done);
      }
      return true;
    } catch (error) {
      const failure = CallError.from(error);
      if (!isRefusal(failure.code)) {
        this.toasts.show([failure.message, ...failure.details].join(' '), 'warning');
      }
      return false;
    }
  }
}
