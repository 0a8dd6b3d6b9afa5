import { encodeTapMessage, type TapMessage } from './message.ts';

/** Ten seconds of PCM at 48 kHz, or a dozen large pictures: later than that nobody calls it live. */
const MOST_BYTES = 1024 * 1024;

/**
 * Messages that wait for one client of a tap. When they become too many the oldest are left out, and the header of
 * the next that is sent says how many; nobody else waits for that client.
 */
export class TapMessageQueue {
  readonly #mostBytes: number;
  #messages: TapMessage[] = [];
  #head = 0;
  #bytes = 0;
  #dropped = 0;
  #untold = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Messages left out so far. */
  get dropped(): number {
    return this.#dropped;
  }

  push(message: TapMessage): void {
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
    // The newest stays, however large: it is what is live.
    while (this.#bytes > this.#mostBytes && this.#head < this.#messages.length - 1) {
      this.#take();
      this.#dropped += 1;
      this.#untold += 1;
    }
  }

  /** The next message for the wire, which is no longer in the queue. */
  shift(): Buffer | undefined {
    const message = this.#take();
    if (message === undefined || this.#untold === 0) {
      return message?.bytes;
    }
    const dropped = this.#untold;
    this.#untold = 0;
    return encodeTapMessage({ ...message.header, dropped }, message.payload);
  }

  #take(): TapMessage | undefined {
    const message = this.#messages[this.#head];
    if (message !== undefined) {
      this.#head += 1;
      this.#bytes -= message.bytes.length;
      // A client that is behind for good never empties the queue: what was taken is let go of in between.
      if (this.#head === this.#messages.length || this.#head > 256) {
        this.#messages = this.#messages.slice(this.#head);
        this.#head = 0;
      }
    }
    return message;
  }
}
