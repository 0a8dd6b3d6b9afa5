const ATTEMPTS = 3;
const BETWEEN_MS = 2_000;
const TIMEOUT_MS = 5_000;

/** Whether there is something to play at `address` after the end; the last segments may still be written. */
export async function findReplay(address: string): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (await isPlaylist(address)) {
      return true;
    }
    if (attempt < ATTEMPTS) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  }
  return false;
}

async function isPlaylist(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok && (await response.text()).startsWith('#EXTM3U');
  } catch {
    // Not reachable is not there.
    return false;
  }
}
