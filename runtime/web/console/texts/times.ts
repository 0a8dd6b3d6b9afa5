const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** `14:03:12`, with the date in front when it was not today. */
export function whenText(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const time = clockText(at);
  return sameDay(at, now)
    ? time
    : `${at.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`;
}

/** In 24 hours wherever one is, so that times of the console, of logs and of calls can be compared. */
const clockText = (at: Date): string =>
  [at.getHours(), at.getMinutes(), at.getSeconds()].map((value) => String(value).padStart(2, '0')).join(':');

/** With milliseconds, as logs have it. */
export function logTimeText(iso: string): string {
  const at = new Date(iso);
  return `${clockText(at)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Seconds from one time to another; to now when there is no other. */
export const secondsBetween = (start: string, end: string | null, nowMs: number): number =>
  ((end === null ? nowMs : Date.parse(end)) - Date.parse(start)) / 1000;
