/**
 * Containers that are opened on behalf of a caller. None of them names other files or addresses: playlists, `concat`
 * and session descriptions are left out.
 */
const FORMATS = [
  ...['wav', 'w64', 'aiff', 'au', 'caf', 'mp3', 'aac', 'ogg', 'flac', 'amr', 'ac3', 'eac3', 'opus'],
  ...['mov,mp4,m4a,3gp,3g2,mj2', 'mov', 'matroska,webm', 'matroska', 'avi', 'flv', 'mpegts', 'mpeg', 'asf'],
];

/** ffmpeg and ffprobe options for a file that a caller has chosen: it and nothing else is opened. */
export const untrustedFile: readonly string[] = [
  ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', FORMATS.join(',')],
];
