import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the set-up installs n8n, with its own lockfile: it is far too big to be a development dependency. */
export const n8nInstallDirectory = resolve(import.meta.dirname, '../../../.n8n-host');

/** The script that starts n8n. */
export const n8nScript = join(n8nInstallDirectory, 'node_modules/n8n/bin/n8n');

/** Whether the set-up has installed n8n on this machine. */
export function n8nIsInstalled(): boolean {
  return existsSync(n8nScript);
}
