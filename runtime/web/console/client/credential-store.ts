const KEY = 'roomflow.console.credential';

/** Kept for this tab until it is closed; null when nothing is, or the browser keeps nothing. */
export function recallCredential(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** null forgets it. */
export function rememberCredential(credential: string | null): void {
  try {
    if (credential === null) {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, credential);
    }
  } catch {
    // A browser that keeps nothing asks again when the page is reloaded.
  }
}
