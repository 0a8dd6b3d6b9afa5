import { RoomflowError } from '../../contract/index.ts';
import type { RtmpTarget } from '../ffmpeg/index.ts';

/** Where a stream is pushed to, taken apart so that what is secret never lies beside what is shown. */
export type RtmpDestination = {
  /** Scheme, host, port and application: what may be shown, stored and logged. */
  readonly shownUrl: string;
  /** Scheme, host and port, for a command line that anybody on the machine can read. */
  readonly serverUrl: string;
  readonly hostname: string;
  /** Whether TLS is spoken (`rtmps:`). */
  readonly secure: boolean;
  /** The application to connect to, with its query. Secret: a query may hold a token. */
  readonly application: string;
  /** What to publish as: the stream key. Secret. */
  readonly playPath: string;
};

/** ffmpeg reads options files in lines of 1000 bytes. */
const LONGEST_PART_BYTES = 950;
const DEFAULT_PORT = '1935';
const CONTROL_CHARACTERS = /\p{Cc}/u;

/**
 * Takes an RTMP address and its key apart. The address may hold the key as its last part
 * (`rtmp://host/app/key`); a key that is given beside it as well is the same one.
 *
 * @throws RoomflowError `invalid-livestream-config` that names the output and shows nothing secret
 */
export function parseDestination(
  output: { url: string; streamKey?: string | undefined },
  name = 'The output',
): RtmpDestination {
  const refuse = (what: string): never => {
    throw new RoomflowError('invalid-livestream-config', `${name}: ${what}`);
  };
  const address = output.url.trim();
  const key = output.streamKey?.trim() ?? '';
  const parsed = URL.canParse(address) ? new URL(address) : null;
  if (parsed === null || !/^rtmps?:$/.test(parsed.protocol) || parsed.hostname === '') {
    return refuse('url is not an address like rtmp://host/app or rtmps://host:443/app.');
  }
  const server = `${parsed.protocol}//${parsed.host}`;
  if (parsed.username !== '' || parsed.password !== '') {
    // ffmpeg takes them from its command line only, where every user of the machine can read them.
    return refuse(`url ${server} holds a user name or password; use a stream key instead.`);
  }
  const path = parsed.pathname.replace(/^\/+|\/+$/g, '');
  const query = parsed.search + parsed.hash;
  const lastSlash = path.lastIndexOf('/');
  if (path === '') {
    return refuse(`url ${server} names no application; it goes like ${server}/live.`);
  }
  if (key === '' && lastSlash < 0) {
    return refuse(
      `streamKey is missing, and url ${server}/${path} holds none. Give the key of the platform.`,
    );
  }
  const applicationPath = key === '' ? path.slice(0, lastSlash) : withoutKey(path, key);
  const application = key === '' ? applicationPath : applicationPath + query;
  const playPath = key === '' ? path.slice(lastSlash + 1) + query : key;
  for (const [part, text] of Object.entries({ url: `${server}/${application}`, streamKey: playPath })) {
    if (CONTROL_CHARACTERS.test(text)) {
      return refuse(`${part} holds a line break or another control character.`);
    }
    if (Buffer.byteLength(text) > LONGEST_PART_BYTES) {
      return refuse(`${part} is longer than ${LONGEST_PART_BYTES} bytes.`);
    }
  }
  return {
    shownUrl: `${server}/${applicationPath}`,
    serverUrl: `${server}/`,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    secure: parsed.protocol === 'rtmps:',
    application,
    playPath,
  };
}

/**
 * The destination at an address that its name was looked up to. The server is told the name it was called by. With TLS
 * the name stays: the certificate is held against it, and holds the connection to where it belongs.
 */
export function destinationAt(destination: RtmpDestination, address: string): RtmpTarget {
  const { hostname, secure, serverUrl, application } = destination;
  if (secure || address === hostname) {
    return destination;
  }
  const port = new URL(serverUrl).port || DEFAULT_PORT;
  const at = (host: string): string => `rtmp://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  return { ...destination, serverUrl: at(address), calledUrl: at(hostname) + application };
}

/** People paste whole addresses and the key once more: as a part of the application it would be shown. */
function withoutKey(path: string, key: string): string {
  const name = key.split('?')[0] ?? '';
  const parts = path.split('/');
  const before = parts.length - name.split('/').length;
  const last = parts.slice(before).join('/');
  return before > 0 && (last === name || decoded(last) === name) ? parts.slice(0, before).join('/') : path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return text;
    }
    throw error;
  }
}
