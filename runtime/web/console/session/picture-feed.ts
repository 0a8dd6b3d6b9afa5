import { signal, type ReadonlySignal } from '@preact/signals';
import type { SessionPicture } from '../../../contract/index.ts';
import { CallError, openLastingSocket, type Api } from '../client/index.ts';

/** Measures of the browser's timeline (User Timing) from a picture that has come until it is drawn. */
export const pictureMeasure = 'roomflow-picture';

/** The picture of a session: kept up to date while it is live, and as it was left afterwards. */
export class PictureFeed {
  readonly #picture = signal<SessionPicture | null>(null);
  readonly #error = signal<CallError | null>(null);
  readonly #api: Api;
  readonly #path: string;
  #close: (() => void) | null = null;
  #isClosed = false;

  constructor(api: Api, sessionId: string) {
    this.#api = api;
    this.#path = `/v2/sessions/${encodeURIComponent(sessionId)}/picture`;
  }

  /** null until it is there. */
  get picture(): ReadonlySignal<SessionPicture | null> {
    return this.#picture;
  }

  get error(): ReadonlySignal<CallError | null> {
    return this.#error;
  }

  /** Once at once; then live, where the session is. */
  async open(): Promise<void> {
    await this.refresh();
    if (this.#picture.value?.isLive === true && !this.#isClosed && this.#close === null) {
      this.#close = openLastingSocket({
        address: () => this.#api.socketAddress(`${this.#path}/live`),
        onMessage: (message) => this.#take(message as SessionPicture),
        onState: () => undefined,
      });
    }
  }

  /** Asks for the picture as it is now. */
  async refresh(): Promise<void> {
    try {
      this.#take(await this.#api.get<SessionPicture>(this.#path));
      this.#error.value = null;
    } catch (error) {
      this.#error.value = CallError.from(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#close?.();
    this.#close = null;
  }

  #take(picture: SessionPicture): void {
    if (this.#isClosed) {
      return;
    }
    performance.mark(pictureMeasure);
    this.#picture.value = picture;
    if (!picture.isLive) {
      this.#close?.();
      this.#close = null;
    }
  }
}
