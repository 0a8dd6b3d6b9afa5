import type { RtmpDestination } from './destination.ts';
import { redacted } from './redaction.ts';

/** ffmpeg names a cause and then repeats it for each thing that failed with it; what ended a push is among these. */
const LINES_OF_ONE_ERROR = 5;
/** Lines that say more than the last one, which is only the system's word for it. */
const TELLING = /server error|certificate|handshake|resolve/i;
const LONGEST_TEXT = 300;

/** Why a push has ended, in one line, from what ffmpeg complained of last. Shows nothing secret. Pure. */
export function pushError(complaints: readonly string[], destination: RtmpDestination): string {
  const lines = complaints
    .slice(-LINES_OF_ONE_ERROR)
    // Like `[rtmp @ 0x55f812587c00] `.
    .map((line) => line.replace(/^(\[[^\]]*\] *)+/, '').trim())
    .filter((line) => line !== '');
  const last = lines.at(-1);
  const text =
    lines.find((line) => TELLING.test(line)) ??
    // Like `rtmp://host/: Connection refused`.
    last?.slice(last.lastIndexOf(': ') + 1).trim() ??
    'The connection was closed.';
  return redacted(text, destination).slice(0, LONGEST_TEXT);
}
