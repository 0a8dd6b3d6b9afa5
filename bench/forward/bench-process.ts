import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

/** Where a process may run: on the one core of a worker, or on the others. */
export type Cores = readonly number[];

const answerTimeoutMs = 60_000;

/** True where processes can be bound to cores: on Linux, with more than one core. */
export const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** What a process is started with: Node, and the file it runs. */
export type ProcessArguments = { nodeArguments?: readonly string[]; fileArguments?: readonly string[] };

/** A process of the bench. Each message it is sent is answered by one of the same type. */
export class BenchProcess<To extends { type: string }, From extends { type: string }> {
  readonly #child: ChildProcess;
  readonly ready: Promise<unknown>;

  /** Starts a file of this folder, bound to `cores` where that can be done. */
  constructor(file: string, cores: Cores, { nodeArguments = [], fileArguments = [] }: ProcessArguments = {}) {
    const path = fileURLToPath(new URL(`./${file}`, import.meta.url));
    const binding = canPin
      ? { execPath: 'taskset', execArgv: ['-c', cores.join(','), process.execPath, ...nodeArguments] }
      : { execArgv: [...nodeArguments] };
    this.#child = fork(path, [...fileArguments], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...binding,
    });
    this.#child.setMaxListeners(0);
    this.ready = this.#next('ready', () => true);
  }

  /** Sends a message and resolves with its answer. */
  ask<T extends To['type'] & From['type']>(
    message: Extract<To, { type: T }>,
    isAnswer: (answer: Extract<From, { type: T }>) => boolean = () => true,
  ): Promise<Extract<From, { type: T }>> {
    const answered = this.#next<T>(message.type, isAnswer);
    this.#child.send(message);
    return answered;
  }

  #next<T extends From['type']>(
    type: T,
    isAnswer: (answer: Extract<From, { type: T }>) => boolean,
  ): Promise<Extract<From, { type: T }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<From, { type: T }>>();
    const fail = (why: string) =>
      reject(new Error(`A process of the bench ${why} before it answered "${type}".`));
    const timer = setTimeout(() => fail(`took ${answerTimeoutMs / 1000} s`), answerTimeoutMs);
    const onMessage = (message: From) => {
      if (message.type === type && isAnswer(message as Extract<From, { type: T }>)) {
        resolve(message as Extract<From, { type: T }>);
      }
    };
    const onExit = (code: number | null) => fail(`ended with ${code}`);
    this.#child.on('message', onMessage);
    this.#child.once('exit', onExit);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#child.off('message', onMessage);
      this.#child.off('exit', onExit);
    });
  }

  /** Stops the process's clock: it takes nothing from its sockets until it is resumed. */
  suspend(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  end(): void {
    this.#child.removeAllListeners();
    this.#child.on('error', () => undefined);
    this.#child.kill('SIGKILL');
  }
}
