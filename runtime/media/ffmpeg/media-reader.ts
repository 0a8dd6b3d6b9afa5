import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import createCommand from 'fluent-ffmpeg';
import { createIvfReader, createOggReader, isOpusHeader, isVp8KeyFrame } from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { OPUS_PACKET_MS, opusOutput } from './opus-encoder.ts';
import { untrustedFile } from './playable-formats.ts';

/** Read ahead so far, and read on when half of it is left. */
const MOST_AHEAD_MS = 4000;
const END_MS = 1000;
const MOST_COMPLAINT_CHARACTERS = 2000;
/** A guest who comes in the middle of a film sees it after this long at most: frames are encoded ahead. */
const KEY_FRAME_SECONDS = 1;
const PICTURE_WIDTH = 640;
const PICTURES_PER_SECOND = 20;

/** A media file, or what comes on a stream: a media file as it arrives, or samples as `inputOptions` say. */
export type MediaInput =
  { kind: 'file'; path: string } | { kind: 'stream'; stream: Readable; inputOptions: readonly string[] };

/** What of an input can be played so far. It is asked, and never calls: whoever plays has a clock of its own. */
export type MediaReader = {
  readonly pid: number | undefined;
  /** Milliseconds of sound that can be taken now. */
  readonly soundAheadMs: number;
  /** When the next picture is to be shown, from the beginning of the input; null when none can be taken. */
  readonly nextPictureMs: number | null;
  /** All of it has been read: what can be taken now is the rest. */
  readonly ended: boolean;
  /** Why it ended before its end. */
  readonly failure: Error | null;
  /** The next 20 ms of sound as Opus. */
  takeSound(): Uint8Array | undefined;
  /** The next picture, VP8. */
  takePicture(): EncodedFrame | undefined;
  /** Ends the process. Idempotent. */
  close(): Promise<void>;
};

/** Starts to read an input: faster than it sounds, and never more than a few seconds ahead. */
export function readMedia(
  input: MediaInput,
  options: { application: 'voip' | 'audio'; pictures: boolean },
): MediaReader {
  const child = spawn(process.env['FFMPEG_PATH'] ?? 'ffmpeg', argumentsOf(input, options), {
    stdio: ['pipe', 'pipe', 'pipe', ...(options.pictures ? (['pipe'] as const) : [])],
  });
  const { stdin, stdout, stderr } = child;
  const pictureStream = child.stdio[3];
  const outputs: Readable[] = [stdout, ...(pictureStream instanceof Readable ? [pictureStream] : [])];
  const sound = new FrameQueue<Uint8Array>();
  const pictures = new FrameQueue<EncodedFrame>();
  let pictureEndMs = 0;
  let paused = false;
  let ended = false;
  let closing = false;
  let failure: Error | null = null;
  let complaints = '';

  /** Sound and pictures come from one process: held back when one is far ahead, unless the other is wanted still. */
  function hold(): void {
    const picturesAheadMs = pictures.first === undefined ? 0 : pictureEndMs - pictures.first.timestampMs;
    const soundAheadMs = sound.length * OPUS_PACKET_MS;
    const aheadMs = options.pictures ? Math.min(soundAheadMs, picturesAheadMs) : soundAheadMs;
    const farthestMs = Math.max(soundAheadMs, picturesAheadMs);
    if (!paused && (aheadMs > MOST_AHEAD_MS || farthestMs > MOST_AHEAD_MS * 4)) {
      paused = true;
      for (const output of outputs) output.pause();
    } else if (paused && aheadMs < MOST_AHEAD_MS / 2) {
      paused = false;
      for (const output of outputs) output.resume();
    }
  }

  const ogg = createOggReader((packet) => {
    if (!isOpusHeader(packet)) sound.add(packet);
  });
  stdout.on('data', (chunk: Buffer) => {
    ogg.push(chunk);
    hold();
  });
  if (pictureStream instanceof Readable) {
    const ivf = createIvfReader((data, timestampMs) => {
      pictures.add({ kind: 'video', codec: 'vp8', timestampMs, key: isVp8KeyFrame(data), data });
      pictureEndMs = timestampMs;
    });
    pictureStream.on('data', (chunk: Buffer) => {
      ivf.push(chunk);
      hold();
    });
  }
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINT_CHARACTERS);
  });
  stdin.on('error', () => {
    // The process has closed its end: it is ending, and says why.
  });
  if (input.kind === 'stream') {
    input.stream.once('error', (error) => {
      failure ??= error;
      stdin.end();
    });
    input.stream.pipe(stdin);
  } else {
    stdin.end();
  }
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure ??= error;
      resolve();
    });
    child.once('close', (code) => {
      if (code !== 0 && !closing) {
        failure ??= new Error(complaints.trim().split('\n').at(-1) ?? `ffmpeg ended with ${String(code)}`);
      }
      resolve();
    });
  }).then(() => {
    ended = true;
  });

  return {
    pid: child.pid,
    get soundAheadMs() {
      return sound.length * OPUS_PACKET_MS;
    },
    get nextPictureMs() {
      return pictures.first?.timestampMs ?? null;
    },
    get ended() {
      return ended;
    },
    get failure() {
      return failure;
    },
    takeSound() {
      const packet = sound.take();
      if (paused) hold();
      return packet;
    },
    takePicture() {
      const frame = pictures.take();
      if (paused) hold();
      return frame;
    },
    async close() {
      closing = true;
      if (input.kind === 'stream') input.stream.destroy();
      for (const output of outputs) output.resume();
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await gone;
      clearTimeout(killer);
    },
  };
}

/** First in, first out, without moving what waits. */
class FrameQueue<T> {
  #items: (T | undefined)[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    const item = this.#items[this.#taken];
    if (item === undefined) return undefined;
    this.#items[this.#taken] = undefined;
    this.#taken += 1;
    if (this.#taken === this.#items.length) {
      this.#items = [];
      this.#taken = 0;
    } else if (this.#taken > 1000) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }
}

function argumentsOf(
  input: MediaInput,
  { application, pictures }: { application: 'voip' | 'audio'; pictures: boolean },
): string[] {
  const command = createCommand()
    .input(input.kind === 'file' ? `file:${input.path}` : 'pipe:0')
    .inputOptions(['-hide_banner', '-loglevel', 'error', '-nostats', '-nostdin', '-threads', '1'])
    .inputOptions(input.kind === 'file' ? [...untrustedFile] : [...input.inputOptions])
    .output('pipe:1')
    .outputOptions([
      ...['-map', '0:a:0', '-vn', '-ar', '48000', '-af', 'aresample=async=1:first_pts=0'],
      ...opusOutput(application, application === 'voip' ? 1 : 2),
    ]);
  if (pictures) {
    command
      .output('pipe:3')
      .outputOptions([
        ...['-map', '0:V:0', '-an', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
        ...['-vf', `fps=${PICTURES_PER_SECOND},scale=min(${PICTURE_WIDTH}\\,iw):-2,format=yuv420p`],
        ...['-threads', '1', '-b:v', '700k', '-maxrate', '1M', '-bufsize', '1M', '-auto-alt-ref', '0'],
        ...['-g', String(PICTURES_PER_SECOND * KEY_FRAME_SECONDS), '-f', 'ivf', '-flush_packets', '1'],
      ]);
  }
  return command._getArguments();
}
