import { startCodecProcess } from './codec-process.ts';
import type { CodecProcess, CodecProcessOptions } from './codec-process.ts';
import { closePair, openSocketPair } from './socket-pair.ts';
import type { ByteSink } from './socket-pair.ts';

/**
 * Starts an ffmpeg that writes into memory of its reader's choice. It runs a few milliseconds later; what is written to
 * it until then waits.
 */
export const startCodecProcessInto = (
  sink: ByteSink,
  options: Omit<CodecProcessOptions, 'output'>,
): CodecProcess => new CodecProcessInto(sink, options);

class CodecProcessInto implements CodecProcess {
  readonly #opened: Promise<void>;
  #process: CodecProcess | undefined;
  #early: [parts: readonly Uint8Array[], onTaken: (() => void) | undefined][] = [];
  #earlyBytes = 0;
  #held = false;
  #closed = false;

  constructor(sink: ByteSink, options: Omit<CodecProcessOptions, 'output'>) {
    this.#opened = this.#open(sink, options);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get queuedBytes(): number {
    return this.#process?.queuedBytes ?? this.#earlyBytes;
  }

  holdOutput(): void {
    this.#held = true;
    this.#process?.holdOutput();
  }

  takeOutput(): void {
    this.#held = false;
    this.#process?.takeOutput();
  }

  write(parts: readonly Uint8Array[], onTaken?: () => void): void {
    if (this.#process) {
      this.#process.write(parts, onTaken);
      return;
    }
    this.#early.push([parts, onTaken]);
    for (const { length } of parts) this.#earlyBytes += length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opened;
    await this.#process?.close();
  }

  async #open(sink: ByteSink, options: Omit<CodecProcessOptions, 'output'>): Promise<void> {
    const output = await this.#outputTo(sink);
    try {
      if (!this.#closed) this.#process = startCodecProcess({ ...options, output });
    } catch (error) {
      options.onEnd(error instanceof Error ? error.message : String(error));
    }
    if (this.#process === undefined) {
      if (typeof output !== 'function') closePair(output);
      for (const [, onTaken] of this.#early) onTaken?.();
    } else {
      if (this.#held) this.#process.holdOutput();
      for (const [parts, onTaken] of this.#early) this.#process.write(parts, onTaken);
    }
    this.#early = [];
    this.#earlyBytes = 0;
  }

  async #outputTo(sink: ByteSink): Promise<CodecProcessOptions['output']> {
    const copying = (chunk: Buffer): void => {
      if (!this.#closed) pour(chunk, sink);
    };
    // Elsewhere such sockets may hold less than a pipe: 8 kB on macOS.
    if (process.platform !== 'linux') return copying;
    try {
      return await openSocketPair({
        space: () => sink.space(),
        filled: (bytes) => {
          if (!this.#closed) sink.filled(bytes);
        },
      });
    } catch {
      // No folder for the name of a socket, or one whose path is too long: what comes is copied.
      return copying;
    }
  }
}

/** Copies bytes to where they are wanted. */
export const pour = (bytes: Uint8Array, sink: ByteSink): void => {
  for (let at = 0; at < bytes.length;) {
    const space = sink.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    sink.filled(part.length);
    at += part.length;
  }
};
