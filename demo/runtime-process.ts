import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectDirectory } from './places.ts';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** A running Roomflow runtime. */
export type RuntimeProcess = {
  url: string;
  serverKey: string;
  logFile: string;
  /** Asks it to stop, which completes running recordings; kills it after 15 s. Idempotent. */
  stop(): Promise<void>;
};

/**
 * Starts the built runtime and waits until its store and its media workers answer.
 * @throws with the end of its log when it exits or is not ready after 30 s
 */
export async function startRuntime(dataDirectory: string, port: number): Promise<RuntimeProcess> {
  await mkdir(dataDirectory, { recursive: true });
  const logFile = join(dataDirectory, 'runtime.log');
  const log = await open(logFile, 'w');
  const main = join(projectDirectory, 'runtime/dist/main.js');
  const args = [main, 'serve', '--port', String(port), '--data-directory', dataDirectory];
  const child = spawn(process.execPath, args, {
    cwd: dataDirectory,
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  await log.close();
  const killWithCaller = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithCaller);
  const stop = async (): Promise<void> => {
    await end(child);
    process.off('exit', killWithCaller);
  };

  const url = `http://127.0.0.1:${port}`;
  try {
    await becomeReady(child, url);
    const serverKey = (await readFile(join(dataDirectory, 'server.key'), 'utf8')).trim();
    return { url, serverKey, logFile, stop };
  } catch (cause) {
    await stop();
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-30).join('\n');
    throw new Error(`The runtime did not start. Its log (${logFile}) ends with:\n${lines}`, { cause });
  }
}

async function becomeReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = AbortSignal.timeout(START_LIMIT_MS);
  while (!(await isReady(url))) {
    if (hasExited(child)) {
      throw new Error(`It exited with ${child.exitCode ?? child.signalCode}`);
    }
    if (deadline.aborted) {
      throw new Error(`It was not ready after ${START_LIMIT_MS} ms`);
    }
    await delay(50);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/ready`);
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    // fetch reports a refused connection as a TypeError with the socket's error as cause.
    if (error instanceof TypeError) {
      return false;
    }
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (hasExited(child)) {
    return;
  }
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(patience);
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
