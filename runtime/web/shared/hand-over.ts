/** What one page leaves for the next, so that a person goes on as the same participant. */
export type PageHandOver = {
  roomId: string;
  participantId: string;
  resumeToken: string;
  name: string;
};

const KEY = 'roomflow.hand-over';
const texts = ['roomId', 'participantId', 'resumeToken', 'name'] as const;

/** Of this tab only and read once: a resume token is as good as the person. */
export function leaveHandOver(handOver: PageHandOver): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(handOver));
  } catch {
    // A browser that keeps nothing: the next page then joins anew, under a name it asks for.
  }
}

/** What the page before left for this room; null when nothing was left or it is unreadable. */
export function takeHandOver(roomId: string): PageHandOver | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    const left = text === null ? null : readHandOver(text);
    return left?.roomId === roomId ? left : null;
  } catch {
    return null;
  }
}

/**
 * Loads a page anew that the browser kept while another went on as its participant: what it holds is over.
 *
 * @param hasMoved whether this page has handed its participant over
 */
export function reloadWhenBack(hasMoved: () => boolean): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && hasMoved()) {
      location.reload();
    }
  });
}

/** @returns null for anything that is not a hand-over. */
export function readHandOver(text: string): PageHandOver | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const kept = new Map(Object.entries(value));
  const [roomId, participantId, resumeToken, name] = texts.map((key): unknown => kept.get(key));
  return typeof roomId === 'string' &&
    typeof participantId === 'string' &&
    typeof resumeToken === 'string' &&
    typeof name === 'string'
    ? { roomId, participantId, resumeToken, name }
    : null;
}
