import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { describeProcess, processesMarked } from './marked-processes.ts';

export type SpawnProcessOptions = {
  cwd?: string;
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  /** Time between SIGTERM and SIGKILL. */
  graceMs?: number;
  /** Time its descendants have to notice that it is gone, before they count as left behind. */
  orphanGraceMs?: number;
};

export type ProcessEnd = { code: number | null; signal: NodeJS.Signals | null };

/** A program under test. Leaving its scope ends it and fails when one of its descendants lives on. */
export type SpawnedProcess = AsyncDisposable & {
  pid: number;
  /** Resolves when the program has ended, however it ended. */
  ended: Promise<ProcessEnd>;
  /** Everything printed so far, both outputs in order of arrival. */
  output(): string;
  stdout(): string;
  stderr(): string;
  /**
   * The first line of output that matches, printed before or after this call.
   *
   * @throws when the program ends first or `timeoutMs` passes; the message holds the output.
   */
  waitForLine(pattern: RegExp, options?: { timeoutMs?: number }): Promise<RegExpMatchArray>;
  /** The first http(s) URL in the output, with the failures of {@link SpawnedProcess.waitForLine}. */
  waitForUrl(options?: { timeoutMs?: number }): Promise<URL>;
  signal(signal: NodeJS.Signals): void;
  /** Ids of what lives of the program and of everything it has started, whoever their parent is by now. */
  family(): Promise<number[]>;
  /**
   * SIGTERM, then SIGKILL after the grace time. Idempotent.
   *
   * @throws when the program left processes behind (they are killed first).
   */
  end(): Promise<ProcessEnd>;
};

const MARK = 'ROOMFLOW_TEST_PROCESS';
const POLL_MS = 50;

/** Starts a program for one test and captures what it prints. */
export async function spawnProcess(
  command: string,
  args: readonly string[] = [],
  options: SpawnProcessOptions = {},
): Promise<SpawnedProcess> {
  const mark = `${MARK}=${randomUUID()}`;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, [MARK]: mark.slice(MARK.length + 1) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  if (child.pid === undefined) {
    throw new Error(`${command} has no process id`);
  }
  return watch(child, child.pid, mark, [command, ...args].join(' '), options);
}

function watch(
  child: ChildProcess,
  pid: number,
  mark: string,
  commandLine: string,
  { graceMs = 10_000, orphanGraceMs = 3_000 }: SpawnProcessOptions,
): SpawnedProcess {
  const printed = { all: '', stdout: '', stderr: '' };
  const changes = new EventEmitter();
  changes.setMaxListeners(0);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      printed.all += text;
      changes.emit('change');
    });
  }

  let hasEnded = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    // `close` rather than `exit`, so that the last line printed is there; a descendant that holds the pipe
    // open would delay it for ever, hence the race with `exit`.
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      hasEnded = true;
      resolve({ code, signal });
      changes.emit('change');
    };
    child.once('close', finish);
    child.once('exit', (code, signal) => void delay(500).then(() => finish(code, signal)));
  });

  const waitForLine: SpawnedProcess['waitForLine'] = async (pattern, { timeoutMs = 30_000 } = {}) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    for (;;) {
      for (const line of printed.all.split('\n')) {
        const match = line.match(pattern);
        if (match) {
          return match;
        }
      }
      if (hasEnded) {
        throw new Error(`${commandLine} ended without printing ${pattern}. It printed:\n${printed.all}`);
      }
      try {
        await once(changes, 'change', { signal: deadline });
      } catch (cause) {
        throw new Error(
          `${commandLine} did not print ${pattern} within ${timeoutMs} ms. It printed:\n${printed.all}`,
          { cause },
        );
      }
    }
  };

  const terminate = async (): Promise<ProcessEnd> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const stopWaiting = new AbortController();
      await Promise.race([
        once(child, 'exit', { signal: stopWaiting.signal }),
        delay(graceMs, undefined, { signal: stopWaiting.signal }),
      ]);
      stopWaiting.abort();
      child.kill('SIGKILL');
    }
    const result = await ended;
    await expectNothingLeft(mark, commandLine, orphanGraceMs);
    return result;
  };

  let ending: Promise<ProcessEnd> | undefined;
  const end = (): Promise<ProcessEnd> => (ending ??= terminate());

  return {
    pid,
    ended,
    output: () => printed.all,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    waitForLine,
    waitForUrl: async (waitOptions) => new URL((await waitForLine(/https?:\/\/[^\s"'<>]+/, waitOptions))[0]),
    signal: (signal) => void child.kill(signal),
    family: () => processesMarked(mark),
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

async function expectNothingLeft(mark: string, commandLine: string, orphanGraceMs: number): Promise<void> {
  const giveUpAtMs = performance.now() + orphanGraceMs;
  let left = await processesMarked(mark);
  while (left.length > 0 && performance.now() < giveUpAtMs) {
    await delay(POLL_MS);
    left = await processesMarked(mark);
  }
  if (left.length === 0) {
    return;
  }
  const descriptions = await Promise.all(left.map(describeProcess));
  for (const pid of left) {
    killIfAlive(pid);
  }
  throw new Error(`${commandLine} left processes behind:\n${descriptions.join('\n')}`);
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}
