import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { n8nIsInstalled, n8nScript } from './n8n-install.ts';

const READY_LINE = 'Editor is now accessible';
const KEPT_LINES = 400;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 15_000;

/**
 * One run of n8n: the process, its log and its end.
 *
 * n8n starts a task runner as its own child, so the whole process group is ended, and also when the caller
 * exits without having stopped it.
 */
export class N8nProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ready = Promise.withResolvers<unknown>();
  readonly #exited: Promise<unknown>;
  readonly #killWithCaller = () => this.#signalGroup('SIGKILL');

  private constructor(child: ChildProcess, log: (line: string) => void) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    process.once('exit', this.#killWithCaller);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) {
        createInterface({ input: stream }).on('line', (line) => this.#take(line, log));
      }
    }
  }

  /**
   * Resolves once n8n answers requests.
   * @throws when n8n is not installed, exits, or is not ready in two minutes; the message ends with its log.
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    url: string,
    log: (line: string) => void,
  ): Promise<N8nProcess> {
    if (!n8nIsInstalled()) {
      throw new Error(`n8n is not installed at ${n8nScript}: run "npm run set-up"`);
    }
    const child = spawn(process.execPath, [n8nScript, 'start'], {
      cwd: environment['N8N_USER_FOLDER'],
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    await once(child, 'spawn');
    const started = new N8nProcess(child, log);
    try {
      await started.#becomeReady(url);
    } catch (error) {
      await started.kill();
      throw error;
    }
    return started;
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) {
      throw new Error('n8n has no process id');
    }
    return pid;
  }

  /** The last lines n8n logged, oldest first. */
  get logLines(): readonly string[] {
    return this.#lines;
  }

  /** Asks n8n to stop, waits for it, and kills what is left after 15 s. */
  async stop(): Promise<void> {
    if (!this.#hasExited) {
      this.#child.kill('SIGTERM');
      await this.#exitWithin(STOP_LIMIT_MS);
    }
    await this.kill();
  }

  /** Ends n8n and its task runner at once, as a crash would. */
  async kill(): Promise<void> {
    process.off('exit', this.#killWithCaller);
    this.#signalGroup('SIGKILL');
    if (!this.#hasExited) {
      await this.#exited;
    }
    while (this.#signalGroup(0)) {
      await delay(10);
    }
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #take(line: string, log: (line: string) => void): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) {
      this.#lines.shift();
    }
    if (line.includes(READY_LINE)) {
      this.#ready.resolve(line);
    }
    log(line);
  }

  async #becomeReady(url: string): Promise<void> {
    const tooLate = AbortSignal.timeout(START_LIMIT_MS);
    tooLate.addEventListener('abort', () => {
      this.#ready.reject(this.#failure(`n8n was not ready after ${START_LIMIT_MS / 1000} s`));
    });
    void this.#exited.then(() => this.#ready.reject(this.#failure('n8n exited while it started')));
    await this.#ready.promise;
    // The line is logged a moment before the database is said to be ready.
    while (!(await isReady(url))) {
      if (tooLate.aborted || this.#hasExited) {
        throw this.#failure('n8n did not become ready');
      }
      await delay(50);
    }
  }

  #failure(what: string): Error {
    return new Error(`${what}. Its log ends with:\n${this.#lines.slice(-40).join('\n')}`);
  }

  async #exitWithin(limitMs: number): Promise<void> {
    const limit = new AbortController();
    await Promise.race([
      this.#exited,
      delay(limitMs, undefined, { signal: limit.signal }).catch((error: unknown) => {
        if (!limit.signal.aborted) {
          throw error;
        }
      }),
    ]);
    limit.abort();
  }

  /** Whether the group still had a process to signal. */
  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') {
        return false;
      }
      throw error;
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(new URL('healthz/readiness', url));
  await answer.body?.cancel();
  return answer.ok;
}
