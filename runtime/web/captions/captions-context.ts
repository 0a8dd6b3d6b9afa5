import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Captions } from './captions.ts';

export const CaptionsContext = createContext<Captions | null>(null);

/** The page's captions. @throws outside of the app */
export function useCaptions(): Captions {
  const captions = useContext(CaptionsContext);
  if (captions === null) {
    throw new Error('useCaptions needs a CaptionsContext around it.');
  }
  return captions;
}
