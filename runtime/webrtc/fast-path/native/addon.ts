import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What `packet-sender.c` exports. */
export type Addon = {
  /** SHA-256 of the source it was built from. */
  readonly source: string;
  /** @returns the number of a new session. */
  open(encryptionKey: Uint8Array, authenticationKey: Uint8Array, salt: Uint8Array): number;
  /** @returns false for what is no address. */
  aim(session: number, address: string, port: number): boolean;
  close(session: number): void;
  /** @returns how many of the packets were not sent; what became of each is in its row. */
  send(rows: Int32Array, count: number, memory: Uint8Array): number;
};

/** Where the helper for a machine lies, whether there is one or not. */
export function addonFile(platform: string, architecture: string): string {
  return fileURLToPath(new URL(`./${platform}-${architecture}.node`, import.meta.url));
}

/** Loads the helper for this machine; `undefined` where there is none, or where it does not load. */
export function loadAddon(): Addon | undefined {
  try {
    return createRequire(import.meta.url)(addonFile(process.platform, process.arch)) as Addon;
  } catch {
    // Another system, another C library, a Node without OpenSSL's names: all can do without it.
    return undefined;
  }
}
