import type { Socket } from 'node:net';
import type { EncodedFrame } from '../frame.ts';
import { writeControl, writeFrameHeader } from './messages.ts';
import type { FromChild, ToChild } from './messages.ts';

/**
 * Writes messages to the pipe between a compositor and its child, frames several at a time: each write wakes the process
 * at the other end, which costs both of them, together 0.2 to 0.5 ms.
 */
export class FrameWriter {
  readonly #pipe: Socket;
  readonly #gatheredMs: () => number;
  #isWaiting = false;
  #timer: NodeJS.Timeout | undefined;
  /**
   * At the end of the turn: what is flushed within it needs no timer, and Node wakes up for a timer that was cleared as
   * for any other.
   */
  #setsTimer: NodeJS.Immediate | undefined;

  /** @param gatheredMs - How long a frame that comes now may wait for others to go with it. */
  constructor(pipe: Socket, gatheredMs: () => number) {
    this.#pipe = pipe;
    this.#gatheredMs = gatheredMs;
  }

  /** Bytes that the process at the other end has not taken yet. */
  get queuedBytes(): number {
    return this.#pipe.writableLength;
  }

  /** Writes a message at once, and before it all that waits. */
  tell(message: ToChild | FromChild): void {
    if (!this.#pipe.writable) return;
    this.#pipe.write(writeControl(message));
    this.flush();
  }

  /** Writes a frame a little later, and no later than what is written after it. */
  send(stream: number, frame: EncodedFrame): void {
    if (!this.#pipe.writable) return;
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#pipe.cork();
      const gatheredMs = this.#gatheredMs();
      this.#setsTimer = setImmediate(() => {
        this.#timer = setTimeout(() => {
          this.flush();
        }, gatheredMs);
      });
    }
    this.#pipe.write(writeFrameHeader(stream, frame));
    this.#pipe.write(frame.data);
  }

  /** Writes what waits. */
  flush(): void {
    if (!this.#isWaiting) return;
    this.#stopWaiting();
    this.#pipe.uncork();
  }

  /** Lets go of what waits: the pipe is gone. */
  close(): void {
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    this.#isWaiting = false;
    clearImmediate(this.#setsTimer);
    clearTimeout(this.#timer);
  }
}
