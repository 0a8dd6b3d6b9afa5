import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EncodedFrame } from '../frame.ts';
import { MessageReader, writeControl, writeFrameHeader } from './messages.ts';
import type { FromChild, ToChild } from './messages.ts';
import { compositorPipe } from './pipe.ts';

/** Bytes that may wait in front of a child: half a second of 25 guests, or the time in which it starts. */
const MOST_QUEUED_BYTES = 4 * 1024 * 1024;
/** How long a child may take to end by itself before it is killed by pid. */
const END_MS = 3000;

export type ChildLinkListeners = {
  onControl: (message: FromChild) => void;
  onFrame: (encoder: number, frame: EncodedFrame) => void;
  /** Called once, when the process is gone for whatever reason. */
  onExit: (description: string) => void;
};

/** One child of a compositor and the pipe to it. */
export class ChildLink {
  readonly #process: ChildProcess;
  readonly #pipe: Socket;
  readonly #exited: Promise<void>;
  #gone = false;
  #killer: NodeJS.Timeout | undefined;

  constructor(listeners: ChildLinkListeners) {
    const entry = new URL(`./compositor-process${extname(import.meta.url)}`, import.meta.url);
    this.#process = spawn(process.execPath, [fileURLToPath(entry)], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const pipe = this.#process.stdio[compositorPipe];
    if (!(pipe instanceof Socket)) throw new Error('The child was given no pipe');
    this.#pipe = pipe;
    const reader = new MessageReader<FromChild>(listeners.onControl, listeners.onFrame);
    this.#pipe.on('data', (chunk: Buffer) => {
      reader.push(chunk);
    });
    // The child is ending, and its exit says more.
    this.#pipe.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      const leave = (description: string): void => {
        if (this.#gone) return;
        this.#gone = true;
        clearTimeout(this.#killer);
        this.#pipe.destroy();
        resolve();
        listeners.onExit(description);
      };
      this.#process.on('error', (error) => {
        leave(error.message);
      });
      this.#process.on('exit', (code, signal) => {
        leave(signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`);
      });
    });
  }

  get pid(): number | null {
    return this.#gone ? null : (this.#process.pid ?? null);
  }

  /** The child does not take what it is sent as fast as it comes: frames are to be dropped. */
  get congested(): boolean {
    return this.#pipe.writableLength > MOST_QUEUED_BYTES;
  }

  tell(message: ToChild): void {
    if (!this.#gone && this.#pipe.writable) this.#pipe.write(writeControl(message));
  }

  sendFrame(source: number, frame: EncodedFrame): void {
    if (this.#gone || !this.#pipe.writable) return;
    this.#pipe.cork();
    this.#pipe.write(writeFrameHeader(source, frame));
    this.#pipe.write(frame.data);
    this.#pipe.uncork();
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
