/** What the browser keeps for the next meeting. */
export type Remembered = {
  name?: string;
  microphoneId?: string;
  cameraId?: string;
  speakerId?: string;
  /** `on` or `off`. */
  captions?: string;
};

const KEY = 'roomflow.join';
const fields = [
  'name',
  'microphoneId',
  'cameraId',
  'speakerId',
  'captions',
] as const satisfies readonly (keyof Remembered)[];

/** Empty when nothing was kept, it is unreadable, or the browser keeps nothing (private windows). */
export function recall(): Remembered {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof value !== 'object' || value === null) {
      return {};
    }
    const kept = new Map(Object.entries(value));
    return Object.fromEntries(
      fields.flatMap((field) => {
        const text: unknown = kept.get(field);
        return typeof text === 'string' ? [[field, text]] : [];
      }),
    );
  } catch {
    return {};
  }
}

export function remember(change: Remembered): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...change }));
  } catch {
    // Private windows keep nothing, and the next meeting then starts without suggestions.
  }
}
