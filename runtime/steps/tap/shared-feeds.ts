import type { TapMessage } from '../../media/index.ts';

export type TapListener = (message: TapMessage) => void;

/** Starts what makes messages of a track; the function returned ends it. */
export type OpenFeed = (deliver: TapListener) => () => void;

type Feed = { listeners: Set<TapListener>; close: () => void };

/** Messages of each track are made once, for however many clients ask for the same, and only while one does. */
export class SharedFeeds {
  readonly #feeds = new Map<string, Feed>();

  /**
   * @param key - Names what is made: clients with the same key share it.
   * @returns ends it for this listener.
   */
  take(key: string, open: OpenFeed, listener: TapListener): () => void {
    const known = this.#feeds.get(key);
    const feed = known ?? this.#open(key, open);
    feed.listeners.add(listener);
    return () => {
      feed.listeners.delete(listener);
      if (feed.listeners.size === 0 && this.#feeds.get(key) === feed) {
        this.#feeds.delete(key);
        feed.close();
      }
    };
  }

  #open(key: string, open: OpenFeed): Feed {
    const listeners = new Set<TapListener>();
    const close = open((message) => {
      for (const listener of listeners) {
        listener(message);
      }
    });
    const feed = { listeners, close };
    this.#feeds.set(key, feed);
    return feed;
  }
}
