import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Watching } from './watching.ts';

export const WatchingContext = createContext<Watching | null>(null);

/** What the page's person watches. @throws outside of the app */
export function useWatching(): Watching {
  const watching = useContext(WatchingContext);
  if (watching === null) {
    throw new Error('useWatching needs a WatchingContext around it.');
  }
  return watching;
}
