/**
 * `01:02:03.004`; hours grow beyond two digits where they must.
 *
 * @param atMs whole milliseconds, not negative
 * @param separator what stands before the milliseconds: `.` in WebVTT, `,` in SubRip
 */
export function clockText(atMs: number, separator: '.' | ','): string {
  return `${secondsText(atMs)}${separator}${padded(atMs % 1000, 3)}`;
}

/** `01:02:03`: what is before the second is left out, not rounded. */
export function secondsText(atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((value) => padded(value, 2))
    .join(':');
}

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');
