import { fileURLToPath } from 'node:url';
import { loadConfig, loadKeys } from '../../../runtime/config/index.ts';
import { spawnProcess, type SpawnedProcess } from '../temporary/index.ts';
import { clientsOf, testSettings, type RuntimeUnderTest } from './start-runtime.ts';

const program = fileURLToPath(new URL('../../../runtime/main.ts', import.meta.url));

/** A runtime in a process of its own, which a test may kill. */
export type RuntimeProcess = RuntimeUnderTest & { process: SpawnedProcess };

/** Runs `roomflow <command>` with these arguments. */
export function runRoomflow(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<SpawnedProcess> {
  return spawnProcess(process.execPath, [program, ...args], { env });
}

/** Runs `roomflow serve` on a data folder, which a test may end before it listens. */
export function runServe(
  dataDirectory: string,
  settings: Record<string, string | number> = {},
  env: Record<string, string> = {},
): Promise<SpawnedProcess> {
  const { bindAddresses, ...flags } = testSettings;
  const all = { ...flags, bindAddresses: JSON.stringify(bindAddresses), logLevel: 'info', ...settings };
  const options = Object.entries(all).flatMap(([key, value]) => [
    `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
  return runRoomflow(['serve', '--data-directory', dataDirectory, ...options], env);
}

/** Starts `roomflow serve` on a data folder and waits until it listens. */
export async function startRuntimeProcess(
  dataDirectory: string,
  settings: Record<string, string | number> = {},
  env: Record<string, string> = {},
): Promise<RuntimeProcess> {
  const running = await runServe(dataDirectory, settings, env);
  const [, url = ''] = await running.waitForLine(/"url":"([^"]+)".*"msg":"listening"/);
  const keys = loadKeys(dataDirectory, loadConfig({ flags: { dataDirectory } }));
  const clients = await clientsOf(url, keys);
  return {
    ...clients,
    dataDirectory,
    process: running,
    [Symbol.asyncDispose]: async () => {
      await clients.events.close();
      await running.end();
    },
  };
}
