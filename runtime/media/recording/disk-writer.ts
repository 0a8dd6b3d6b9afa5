import { close, fsync, ftruncateSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';

const fsyncFile = promisify(fsync);
const closeFile = promisify(close);

/** More than this many unwritten bytes mean the disk cannot keep up. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Appends to one file, in order, a batch at a time. The first error ends all writing: the batches written before it
 * stay.
 */
export class DiskWriter {
  readonly #fd: number;
  readonly #onError: (error: Error) => void;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #position = 0;
  #batchStart = 0;
  #writing = false;
  #failed = false;
  #idle: (() => void)[] = [];

  /** Creates the file; throws if it exists or cannot be created. */
  constructor(path: string, onError: (error: Error) => void) {
    this.#fd = openSync(path, 'wx');
    this.#onError = onError;
  }

  /** Bytes on disk so far. */
  get bytesWritten(): number {
    return this.#position;
  }

  /** Takes bytes; they go to disk with the next {@link flush}. The array must not be changed afterwards. */
  append(bytes: Uint8Array): void {
    if (this.#failed) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.#fail(
        new Error(`The disk does not keep up: ${this.#queuedBytes} bytes of a recording wait for it.`),
      );
    }
  }

  flush(): void {
    if (!this.#writing && !this.#failed && this.#queue.length > 0) {
      this.#writing = true;
      this.#writeBatch();
    }
  }

  /** Writes what is left, makes it durable and closes the file. */
  async close(): Promise<void> {
    this.flush();
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
    try {
      if (!this.#failed) await fsyncFile(this.#fd);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await closeFile(this.#fd);
    }
  }

  #writeBatch(): void {
    const batch = Buffer.concat(this.#queue, this.#queuedBytes);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#batchStart = this.#position;
    this.#writeAll(batch);
  }

  #writeAll(bytes: Uint8Array): void {
    write(this.#fd, bytes, 0, bytes.length, this.#position, (error, written) => {
      if (error) {
        this.#dropPartOfBatch();
        this.#fail(error);
      } else {
        this.#position += written;
        if (written < bytes.length) {
          this.#writeAll(bytes.subarray(written));
          return;
        }
        if (this.#queue.length > 0) {
          this.#writeBatch();
          return;
        }
      }
      this.#writing = false;
      for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  /** Half a batch ends in half a packet, which players take for damage. */
  #dropPartOfBatch(): void {
    if (this.#position === this.#batchStart) return;
    try {
      ftruncateSync(this.#fd, this.#batchStart);
      this.#position = this.#batchStart;
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#onError(error);
  }
}
