import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Console, SignedIn } from './console.ts';

export const ConsoleContext = createContext<Console | null>(null);

/** The console. @throws outside of the app */
export function useConsole(): Console {
  const current = useContext(ConsoleContext);
  if (current === null) {
    throw new Error('useConsole needs a ConsoleContext around it.');
  }
  return current;
}

/** Who is signed in. @throws on the way in, where nobody is */
export function useSignedIn(): SignedIn {
  // Not followed: whoever signs out leaves all that is below the sign-in page.
  const signedIn = useConsole().signedIn.peek();
  if (signedIn === null) {
    throw new Error('Nobody is signed in.');
  }
  return signedIn;
}
