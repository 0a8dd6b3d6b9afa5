import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What the C sources beside this file export. */
export type Addon = {
  /** SHA-256 of the sources it was built from. */
  readonly source: string;
  /** @returns the number of a new session. */
  open(encryptionKey: Uint8Array, authenticationKey: Uint8Array, salt: Uint8Array): number;
  /** @returns false for what is no address to it, such as one with a zone. */
  aim(session: number, address: string, port: number): boolean;
  close(session: number): void;
  /** @returns how many of the packets were not sent; what became of each is in its row. */
  send(rows: Int32Array, count: number, memory: Uint8Array): number;
  /**
   * Decrypts `packet` in place, whose tag begins at `length`.
   *
   * @returns false when it is not authentic.
   */
  unseal(
    session: number,
    packet: Uint8Array,
    headerLength: number,
    length: number,
    rollOver: number,
  ): boolean;
  /** What has come, 2048 bytes for each datagram, until all rows are taken. */
  readonly datagrams: ArrayBuffer;
  /**
   * 32-bit numbers: how many of them JavaScript has taken, then a row for each, of its length (-1 for one that was
   * longer), port, and four words of address.
   */
  readonly arrivals: ArrayBuffer;
  /**
   * Takes what comes to a socket, which nobody else may read from.
   *
   * @param onDatagrams how many have come, called again until all are taken; -1 when the system reports an error
   * @returns the number of a new receiver.
   */
  receive(descriptor: number, onDatagrams: (count: number) => void): number;
  stop(receiver: number): void;
  /** Where the datagram in that row came from. */
  addressOf(row: number): string;
};

/** The helper of this machine, or why there is none. */
export type LoadedAddon = { addon: Addon } | { addon: undefined; why: string };

/** Where the helper for a machine lies, whether there is one or not. */
export function addonFile(platform: string, architecture: string): string {
  return fileURLToPath(new URL(`./${platform}-${architecture}.node`, import.meta.url));
}

/** Loads the helper for this machine. */
export function loadAddon(): LoadedAddon {
  const { platform, arch } = process;
  const file = addonFile(platform, arch);
  if (!existsSync(file)) {
    return { addon: undefined, why: `there is no native helper for ${platform} on ${arch}` };
  }
  try {
    return { addon: createRequire(import.meta.url)(file) as Addon };
  } catch (error) {
    // Another C library, or a Node that does not export OpenSSL: both can do without it.
    return {
      addon: undefined,
      why: `the native helper does not load: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
