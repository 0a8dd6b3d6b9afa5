import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { spawnProcess, temporaryDirectory } from '../test/support/temporary/index.ts';
import { RuntimeApi } from './runtime-api.ts';

/** The project, which is also the n8n package. */
export const projectDirectory = resolve(import.meta.dirname, '..');

/** A running runtime of its own, with its own data folder. Leaving its scope ends it and removes the folder. */
export type BenchRuntime = AsyncDisposable & {
  url: string;
  serverKey: string;
  pid: number;
  api: RuntimeApi;
};

/**
 * Starts the built runtime on a free port of 127.0.0.1, media included.
 *
 * @param flags further flags of `roomflow serve`, without their dashes
 * @throws with its output when it does not listen within 30 s
 */
export async function startRuntime(flags: Readonly<Record<string, string>> = {}): Promise<BenchRuntime> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory('roomflow-bench-'));
  const all = { port: '0', 'data-directory': folder.path, 'bind-addresses': '127.0.0.1', ...flags };
  const runtime = stack.use(
    await spawnProcess(
      process.execPath,
      [
        resolve(projectDirectory, 'runtime/dist/main.js'),
        'serve',
        ...Object.entries(all).flatMap(([flag, value]) => [`--${flag}`, value]),
      ],
      { cwd: folder.path, env: { NODE_ENV: 'production' }, graceMs: 30_000 },
    ),
  );
  const [, url] = await runtime.waitForLine(/"url":"(http[^"]+)".*"listening"/);
  const serverKey = (await readFile(folder.entry('server.key'), 'utf8')).trim();
  if (url === undefined) {
    throw new Error(`The runtime did not tell its address:\n${runtime.output()}`);
  }
  const owned = stack.move();
  return {
    url,
    serverKey,
    pid: runtime.pid,
    api: new RuntimeApi(url, serverKey),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
