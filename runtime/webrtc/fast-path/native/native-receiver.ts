import type { Addon } from './addon.ts';

/** As `datagram-receiver.c` has them. */
const datagramBytes = 2048;
const columns = 6;
const column = { length: 0, port: 1, address: 2 };

/** What comes to one socket. */
export type DatagramListener = {
  /** The bytes are the listener's to keep and to change. */
  onDatagram(data: Buffer, address: string, port: number): void;
  /** Those that had come together have been handed over. */
  onBatchEnd(): void;
  /** The system has reported an error, or a datagram was longer than any that is taken. */
  onFault(): void;
};

/** Takes datagrams from sockets: those that have come together in one system call and one call from native code. */
export class NativeReceiver {
  readonly #addon: Addon;
  readonly #memory: Buffer;
  readonly #rows: Int32Array;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.#memory = Buffer.from(addon.datagrams);
    this.#rows = new Int32Array(addon.arrivals);
  }

  /**
   * Takes what comes to the socket with this number, from which nobody else may read.
   *
   * @returns a function that ends it, at once; to be called before the socket is closed.
   */
  receive(descriptor: number, listener: DatagramListener): () => void {
    const rows = this.#rows;
    const from = { word0: 0, word1: 0, word2: 0, word3: 0, text: '' };
    const addressAt = (row: number): string => {
      const at = row * columns + column.address;
      const word0 = rows[at] as number;
      const word1 = rows[at + 1] as number;
      const word2 = rows[at + 2] as number;
      const word3 = rows[at + 3] as number;
      const isSame =
        word0 === from.word0 && word1 === from.word1 && word2 === from.word2 && word3 === from.word3;
      if (!isSame || from.text === '') {
        from.word0 = word0;
        from.word1 = word1;
        from.word2 = word2;
        from.word3 = word3;
        from.text = this.#addon.addressOf(row);
      }
      return from.text;
    };
    let isEnded = false;
    const receiver = this.#addon.receive(descriptor, (count) => {
      if (count < 0) {
        listener.onFault();
      }
      for (let row = 0; row < count && !isEnded; row++) {
        const length = rows[row * columns + column.length] as number;
        if (length < 0) {
          listener.onFault();
        } else {
          const data = Buffer.allocUnsafe(length);
          this.#memory.copy(data, 0, row * datagramBytes, row * datagramBytes + length);
          listener.onDatagram(data, addressAt(row), rows[row * columns + column.port] as number);
        }
      }
      listener.onBatchEnd();
    });
    return () => {
      isEnded = true;
      this.#addon.stop(receiver);
    };
  }
}
