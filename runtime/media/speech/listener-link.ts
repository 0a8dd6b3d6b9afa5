import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EncodedFrame } from '../frame.ts';
import { MessageReader, listenerPipe, writeControl, writeFrame } from './listener-messages.ts';
import type { FromChild, ToChild } from './listener-messages.ts';

/** Frames wait so long for others to go with them: each write wakes the child, which costs both processes. */
const GATHERED_MS = 20;
/** A child that runs tells its numbers every second; an engine may be at one utterance for longer. */
const MOST_SILENT_SECONDS = 15;
/** To load a large model from a slow disk. */
const MOST_STARTING_SECONDS = 60;
/** How long a child may take to end by itself before it is killed by pid; last finals take 9 s at most. */
const END_MS = 10_000;
/** And one that has failed, in whose place another is waiting to start. */
const FAILED_END_MS = 1000;

/** One child of a listener and the pipe to it. */
export class ListenerLink {
  readonly #process: ChildProcess;
  /** None when there was no descriptor left for it: then the process is not started either, and says so. */
  readonly #pipe: Socket | undefined;
  readonly #exited: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #gathering: NodeJS.Timeout | undefined;
  #gone = false;
  #ready = false;
  /** Seconds in which this process could have heard something and did not; it may have been held up itself. */
  #silentSeconds = 0;
  #hung: string | undefined;
  #killer: NodeJS.Timeout | undefined;
  readonly #flush = (): void => {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#pipe?.uncork();
  };

  /** @param onExit - Called once, when the process is gone for whatever reason. */
  constructor(onMessage: (message: FromChild) => void, onExit: (description: string) => void) {
    const entry = new URL(`./listener-process${extname(import.meta.url)}`, import.meta.url);
    this.#process = spawn(process.execPath, [fileURLToPath(entry)], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    // Node gives none at all to a process that it could not start for want of descriptors.
    const { stdio } = this.#process as { stdio: ChildProcess['stdio'] | undefined };
    const pipe = stdio?.[listenerPipe];
    this.#pipe = pipe instanceof Socket ? pipe : undefined;
    const reader = new MessageReader<FromChild>((message) => {
      if (message.type === 'ready') this.#ready = true;
      if (message.type === 'failed') this.#killAfter(FAILED_END_MS);
      onMessage(message);
    });
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
        clearTimeout(this.#gathering);
        clearInterval(this.#watch);
        this.#pipe?.destroy();
        onExit(description);
        resolve();
      };
      this.#process.on('error', (error) => {
        leave(error.message);
      });
      // What the child has told before its end is read first.
      this.#process.on('close', (code, signal) => {
        leave(this.#hung ?? (signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`));
      });
    });
  }

  get pid(): number | null {
    return this.#gone ? null : (this.#process.pid ?? null);
  }

  /** Bytes that the child has not taken yet. */
  get queuedBytes(): number {
    return this.#pipe?.writableLength ?? 0;
  }

  /** Writes a message at once, and before it all that waits. */
  tell(message: ToChild): void {
    if (this.#gone || this.#pipe?.writable !== true) return;
    this.#pipe.write(writeControl(message));
    if (this.#gathering !== undefined) this.#flush();
  }

  /** Writes a frame a little later, and no later than what is written after it. */
  send(speaker: number, frame: EncodedFrame, arrivalMs: number): void {
    if (this.#gone || this.#pipe?.writable !== true) return;
    if (this.#gathering === undefined) {
      this.#pipe.cork();
      this.#gathering = setTimeout(this.#flush, GATHERED_MS);
    }
    this.#pipe.write(writeFrame(speaker, frame, arrivalMs));
  }

  /** Ends the child: asks first, kills later. Resolves when it is gone. */
  end(): Promise<void> {
    if (!this.#gone && this.#killer === undefined) {
      this.tell({ type: 'end' });
      this.#killAfter(END_MS);
    }
    return this.#exited;
  }

  #killAfter(ms: number): void {
    this.#killer ??= setTimeout(() => {
      this.#process.kill('SIGKILL');
    }, ms);
  }

  /** A child that is stopped or stuck hears nothing and does not end: it is killed, and another is started. */
  #watchOver(): void {
    this.#silentSeconds++;
    if (this.#silentSeconds <= (this.#ready ? MOST_SILENT_SECONDS : MOST_STARTING_SECONDS)) return;
    this.#hung = `it gave no sign of life for ${this.#silentSeconds} s`;
    this.#process.kill('SIGKILL');
  }
}
