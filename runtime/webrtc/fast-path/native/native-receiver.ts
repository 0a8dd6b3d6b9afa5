import type { Addon } from './addon.ts';

/** As `datagram-receiver.c` has them. */
const datagramBytes = 2048;
const taken = 0;
const firstRow = 1;
const columns = 6;
const column = { length: 0, port: 1, address: 2 };

/** What comes to one socket. */
export type DatagramListener = {
  /**
   * The bytes are the listener's to keep and to change.
   *
   * @returns whether the next datagram may come before promises that this one has kept are told so.
   */
  onDatagram(data: Buffer, address: string, port: number): boolean;
  /** Those that had come together have been handed over. */
  onBatchEnd(): void;
  /** A datagram was longer than 2048 bytes, which none is that a path through the internet carries in one piece. */
  onTooLong(): void;
  /** The system has reported an error. */
  onFault(): void;
};

/** Takes datagrams from sockets: those that have come together in one system call and one call from native code. */
export class NativeReceiver {
  readonly #addon: Addon;
  readonly #memory: Buffer;
  readonly #numbers: Int32Array;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.#memory = Buffer.from(addon.datagrams);
    this.#numbers = new Int32Array(addon.arrivals);
  }

  /**
   * Takes what comes to the socket with this number, from which nobody else may read.
   *
   * @returns a function that ends it, at once; to be called before the socket is closed.
   * @throws Error when the system has no descriptor left, or does not let sockets be read this way.
   */
  receive(descriptor: number, listener: DatagramListener): () => void {
    const numbers = this.#numbers;
    const source = new Source(this.#addon, numbers);
    let isEnded = false;
    const receiver = this.#addon.receive(descriptor, (count) => {
      if (count < 0) {
        listener.onFault();
      }
      let goesOn = true;
      for (let i = numbers[taken] as number; goesOn && i < count && !isEnded; i++) {
        numbers[taken] = i + 1;
        const row = firstRow + i * columns;
        const length = numbers[row + column.length] as number;
        if (length < 0) {
          listener.onTooLong();
        } else {
          // Of its own: who keeps the packet keeps nothing else.
          const data = Buffer.allocUnsafeSlow(length);
          this.#memory.copy(data, 0, i * datagramBytes, i * datagramBytes + length);
          goesOn = listener.onDatagram(data, source.addressOf(i), numbers[row + column.port] as number);
        }
      }
      if (numbers[taken] === count || count < 0) {
        listener.onBatchEnd();
      }
    });
    return () => {
      if (!isEnded) {
        isEnded = true;
        this.#addon.stop(receiver);
      }
    };
  }
}

/** Where datagrams come from, as text: that of the last one is kept, since most are from the same peer. */
class Source {
  readonly #addon: Addon;
  readonly #numbers: Int32Array;
  #words = [0, 0, 0, 0];
  #text = '';

  constructor(addon: Addon, numbers: Int32Array) {
    this.#addon = addon;
    this.#numbers = numbers;
  }

  /** The address of the datagram with this number. */
  addressOf(i: number): string {
    const at = firstRow + i * columns + column.address;
    const numbers = this.#numbers;
    const words = this.#words;
    let isSame = this.#text !== '';
    for (let word = 0; word < words.length; word++) {
      isSame &&= numbers[at + word] === words[word];
      words[word] = numbers[at + word] as number;
    }
    if (!isSame) {
      this.#text = this.#addon.addressOf(i);
    }
    return this.#text;
  }
}
