import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What `packet-sender.c` exports. */
export type Addon = {
  /** SHA-256 of the source it was built from. */
  readonly source: string;
  /** @returns the number of a new session. */
  open(encryptionKey: Uint8Array, authenticationKey: Uint8Array, salt: Uint8Array): number;
  /** @returns false for what is no address to it, such as one with a zone. */
  aim(session: number, address: string, port: number): boolean;
  close(session: number): void;
  /** @returns how many of the packets were not sent; what became of each is in its row. */
  send(rows: Int32Array, count: number, memory: Uint8Array): number;
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
