import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ViewerCount, ViewerOrder, ViewerReport } from './viewer-messages.ts';

const STOP_LIMIT_MS = 5000;

/** Simulated viewers of one stream, in a process of their own. Leaving the scope makes them leave. */
export type Viewers = AsyncDisposable & {
  /** What they were answered since this was last asked. @throws when one of them could not go on */
  count(): Promise<ViewerCount>;
};

/** Resolves when all of them watch. */
export async function startViewers(playlistUrl: string, count: number): Promise<Viewers> {
  const child = fork(resolve(import.meta.dirname, 'viewer-process.ts'), [], { stdio: 'inherit' });
  const killWithCaller = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithCaller);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithCaller);
    if (child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const exited = once(child, 'exit');
    if (child.connected) {
      child.send({ type: 'stop' } satisfies ViewerOrder);
    }
    const patience = setTimeout(killWithCaller, STOP_LIMIT_MS);
    await exited;
    clearTimeout(patience);
  };
  try {
    await order(child, { type: 'watch', playlistUrl, count }, 'watching');
  } catch (error) {
    await stop();
    throw error;
  }
  return { count: () => order(child, { type: 'count' }, 'counted'), [Symbol.asyncDispose]: stop };
}

/** Sends an order and resolves with the report of that type. @throws when it fails or ends instead */
async function order<Type extends ViewerReport['type']>(
  child: ChildProcess,
  message: ViewerOrder,
  type: Type,
): Promise<Extract<ViewerReport, { type: Type }>> {
  return await new Promise((settle, reject) => {
    const unlisten = (): void => {
      child.off('message', hear);
      child.off('exit', end);
    };
    const hear = (report: ViewerReport): void => {
      unlisten();
      if (isOfType(report, type)) {
        settle(report);
      } else {
        reject(new Error(report.type === 'failed' ? report.message : `Unexpected "${report.type}"`));
      }
    };
    const end = (code: number | null): void => {
      unlisten();
      reject(new Error(`The process of viewers ended with ${code}`));
    };
    child.on('message', hear);
    child.on('exit', end);
    child.send(message);
  });
}

function isOfType<Type extends ViewerReport['type']>(
  report: ViewerReport,
  type: Type,
): report is Extract<ViewerReport, { type: Type }> {
  return report.type === type;
}
