/** A line of a transcript, whatever it was written in. */
export type Spoken = { startMs: number; endMs: number; speaker: string; text: string };

/** `01:02:03.004`, with a comma in SubRip, without hours in WebVTT where there are none. */
export function clockMs(text: string): number {
  const parts = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)[.,](\d{3})$/.exec(text);
  if (!parts) {
    throw new Error(`"${text}" is no time of a cue`);
  }
  const [, hours = '0', minutes, seconds, milliseconds] = parts;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
}
