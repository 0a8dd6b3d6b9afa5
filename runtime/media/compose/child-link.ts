import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EncodedFrame } from '../frame.ts';
import { FrameWriter } from './frame-writer.ts';
import { MessageReader } from './messages.ts';
import type { FromChild, ToChild } from './messages.ts';
import { compositorPipe } from './pipe.ts';

/** Bytes that may wait in front of a child: half a second of 25 guests, or the time in which it starts. */
const MOST_QUEUED_BYTES = 4 * 1024 * 1024;
/** A child that runs tells its numbers every second. */
const MOST_SILENT_SECONDS = 5;
/** To load FFmpeg and to read the images of a look, on a machine that is busy. */
const MOST_STARTING_SECONDS = 20;
/** How long a child may take to end by itself before it is killed by pid. */
const END_MS = 3000;
/**
 * For the garbage collector of a child, whose heap stays small while pictures go through it beside the heap: left to
 * itself it runs three times a second and wakes four threads each time, a tenth of what composing with ffmpeg costs.
 */
const CHILD_FLAGS = ['--single-threaded-gc', '--heap-growing-percent=500'];

export type ChildLinkOptions = {
  /** How long a frame that comes now may wait for others to go to the child with it, in milliseconds. */
  gatheredMs: () => number;
  onControl: (message: FromChild) => void;
  onFrame: (encoder: number, frame: EncodedFrame) => void;
  /** Called once, when the process is gone for whatever reason. */
  onExit: (description: string) => void;
};

/** One child of a compositor and the pipe to it. */
export class ChildLink {
  readonly #process: ChildProcess;
  /** None when there was no descriptor left for it: then the process is not started either, and says so. */
  readonly #pipe: Socket | undefined;
  readonly #writer: FrameWriter | undefined;
  readonly #exited: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #gone = false;
  #started = false;
  /** Seconds in which this process could have heard something and did not; it may have been held up itself. */
  #silentSeconds = 0;
  #hung: string | undefined;
  #killer: NodeJS.Timeout | undefined;

  constructor(options: ChildLinkOptions) {
    const entry = new URL(`./compositor-process${extname(import.meta.url)}`, import.meta.url);
    this.#process = spawn(process.execPath, [...CHILD_FLAGS, fileURLToPath(entry)], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    // Node gives none at all to a process that it could not start for want of descriptors.
    const { stdio } = this.#process as { stdio: ChildProcess['stdio'] | undefined };
    const pipe = stdio?.[compositorPipe];
    this.#pipe = pipe instanceof Socket ? pipe : undefined;
    this.#writer = this.#pipe && new FrameWriter(this.#pipe, options.gatheredMs);
    const reader = new MessageReader<FromChild>((message) => {
      if (message.type === 'started') this.#started = true;
      // It ends by itself now, or is made to.
      if (message.type === 'failed') void this.end();
      options.onControl(message);
    }, options.onFrame);
    this.#pipe?.on('data', (chunk: Buffer) => {
      this.#silentSeconds = 0;
      reader.push(chunk);
    });
    // The child is ending, and its exit says more.
    this.#pipe?.on('error', () => undefined);
    this.#watch = setInterval(() => {
      this.#watchOver();
    }, 1000);
    this.#exited = new Promise((resolve) => {
      const leave = (description: string): void => {
        if (this.#gone) return;
        this.#gone = true;
        clearTimeout(this.#killer);
        clearInterval(this.#watch);
        this.#writer?.close();
        this.#pipe?.destroy();
        resolve();
        options.onExit(description);
      };
      this.#process.on('error', (error) => {
        leave(error.message);
      });
      this.#process.on('exit', (code, signal) => {
        leave(this.#hung ?? (signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`));
      });
    });
  }

  get pid(): number | null {
    return this.#gone ? null : (this.#process.pid ?? null);
  }

  /** The child does not take what it is sent as fast as it comes: frames are to be dropped. */
  get congested(): boolean {
    return (this.#writer?.queuedBytes ?? 0) > MOST_QUEUED_BYTES;
  }

  tell(message: ToChild): void {
    if (!this.#gone) this.#writer?.tell(message);
  }

  sendFrame(source: number, frame: EncodedFrame): void {
    if (!this.#gone) this.#writer?.send(source, frame);
  }

  /** A child that is stopped or stuck makes nothing and does not end: it is killed, and its listener starts another. */
  #watchOver(): void {
    this.#silentSeconds++;
    if (this.#silentSeconds <= (this.#started ? MOST_SILENT_SECONDS : MOST_STARTING_SECONDS)) return;
    this.#hung = `it gave no sign of life for ${this.#silentSeconds} s`;
    this.#process.kill('SIGKILL');
  }

  /** Ends the child: asks first, kills later. Resolves when it is gone. */
  end(): Promise<void> {
    if (!this.#gone && this.#killer === undefined) {
      this.tell({ type: 'end' });
      this.#killer = setTimeout(() => {
        this.#process.kill('SIGKILL');
      }, END_MS);
    }
    return this.#exited;
  }
}
