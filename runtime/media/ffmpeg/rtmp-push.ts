import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import createCommand from 'fluent-ffmpeg';
import { openSecret } from './secret-file.ts';

/** Where ffmpeg pushes to. `application`, `playPath` and `calledUrl` are secret. */
export type RtmpTarget = {
  serverUrl: string;
  application: string;
  playPath: string;
  secure: boolean;
  /** What the server is told that it was called by, when that is not where it stands. */
  calledUrl?: string;
};

export type RtmpPushOptions = {
  target: RtmpTarget;
  /** Size of the socket's send buffer: the less it holds, the sooner a peer that stopped reading is noticed. */
  sendBufferBytes: number;
  /** Bytes sent so far; told twice a second once the server has accepted the stream, and when it takes more. */
  onProgress(bytesSent: number): void;
  /** After a `write` that answered false: more may be written. */
  onDrain(): void;
  /** The child has ended; with what it complained of, which may quote the secrets. Called once. */
  onEnd(complaints: string[]): void;
};

/** A running push. */
export type RtmpPush = {
  /** False: no more for now, `onDrain` follows. */
  write(flv: Uint8Array): boolean;
  /** Says goodbye to the server and ends; a child that does not within `graceMs` is killed. Resolves when it is gone. */
  end(graceMs: number): Promise<void>;
  kill(): void;
};

/** ffmpeg's own limit for one read or write, behind ours, should this process be too busy to look. */
const IO_LIMIT_US = 8_000_000;
const MOST_COMPLAINTS = 20;
/** Descriptors behind stdin, stdout and stderr. */
const SECRET = '/dev/fd/3';
const AUTHORITIES = '/dev/fd/4';

/**
 * Pushes FLV to an RTMP server with a copy-only ffmpeg. The key is not on its command line, which everybody on the
 * machine can read, but in an options file without a name (`-fpre`); with TLS the server's certificate is checked
 * against the authorities that Node trusts (`NODE_EXTRA_CA_CERTS` adds one's own): ffmpeg by itself would take any.
 */
export function startRtmpPush(options: RtmpPushOptions): RtmpPush {
  const { target } = options;
  const descriptors = [openSecret(optionsFileOf(target))];
  if (target.secure) {
    descriptors.push(openSecret(getCACertificates().join('\n')));
  }
  const child = startChild(target, options.sendBufferBytes, descriptors);
  const [stdin, stdout, stderr] = child.stdio;
  if (!stdin || !stdout || !stderr) {
    throw new Error('ffmpeg was started without its pipes');
  }

  const complaints: string[] = [];
  eachLine(stdout, (line) => {
    // Progress is told only once the output is open, which for RTMP means that the server has accepted the stream.
    const bytes = Number(/^total_size=(\d+)/.exec(line)?.[1]);
    if (Number.isFinite(bytes)) {
      options.onProgress(bytes);
    }
  });
  eachLine(stderr, (line) => {
    complaints.push(line.trim());
    complaints.splice(0, complaints.length - MOST_COMPLAINTS);
  });
  stdin.on('drain', () => {
    options.onDrain();
  });
  stdin.on('error', () => {
    // The child has closed its end: it is ending, and `close` says why.
  });

  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const finish = (complaint?: string): void => {
      if (!isGone) {
        isGone = true;
        options.onEnd(complaint === undefined ? complaints : [...complaints, complaint]);
        resolve();
      }
    };
    child.on('error', (error) => {
      finish(error.message);
    });
    child.on('close', () => {
      finish();
    });
  });

  return {
    write: (flv) => stdin.writable && stdin.write(flv),
    async end(graceMs) {
      if (isGone) {
        return;
      }
      stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}

/** fluent-ffmpeg makes the command line; it cannot hand descriptors to a child, so the child is started here. */
function startChild(target: RtmpTarget, sendBufferBytes: number, descriptors: number[]): ChildProcess {
  try {
    return spawn(process.env['FFMPEG_PATH'] ?? 'ffmpeg', argumentsOf(target, sendBufferBytes), {
      stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
    });
  } finally {
    for (const descriptor of descriptors) {
      closeSync(descriptor);
    }
  }
}

function argumentsOf(target: RtmpTarget, sendBufferBytes: number): string[] {
  return createCommand('pipe:0')
    .inputFormat('flv')
    .inputOptions([
      ...['-hide_banner', '-v', 'error', '-nostats'],
      ...['-progress', 'pipe:1', '-stats_period', '0.5'],
      // The sequence headers say all there is to know: no waiting for more, the first key frame goes out at once.
      ...['-fpsprobesize', '0', '-analyzeduration', '1'],
    ])
    .outputOptions([
      ...['-map', '0', '-c', 'copy'],
      // A kind that falls silent does not hold up the other for longer than this.
      ...['-max_interleave_delta', '1000000'],
      ...['-flush_packets', '1', '-flvflags', 'no_duration_filesize'],
      ...['-rw_timeout', `${IO_LIMIT_US}`, '-send_buffer_size', `${sendBufferBytes}`, '-tcp_nodelay', '1'],
      ...(target.secure ? ['-tls_verify', '1', '-ca_file', AUTHORITIES] : []),
      ...['-fpre', SECRET],
    ])
    .format('flv')
    .output(target.serverUrl)
    ._getArguments();
}

/** One `option=value` a line; the caller has seen to it that there are no line breaks in the values. */
const optionsFileOf = ({ application, playPath, calledUrl }: RtmpTarget): string =>
  `rtmp_app=${application}\nrtmp_playpath=${playPath}\n` +
  (calledUrl === undefined ? '' : `rtmp_tcurl=${calledUrl}\n`);

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') {
        onLine(line);
      }
    }
  });
}
