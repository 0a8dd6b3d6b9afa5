import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { RoomflowError, isErrorCode } from '../contract/index.ts';
import { forwardingArguments } from './garbage-collection.ts';
import { inheritedArguments } from './inherited-arguments.ts';
import { folderMark, folderVariable } from './leftovers.ts';
import { settingsVariable } from './messages.ts';
import type {
  CommandParams,
  CommandResult,
  FromWorker,
  ToWorker,
  WorkerCommand,
  WorkerSettings,
} from './messages.ts';

/** What a worker says unasked. */
export type WorkerReport = Exclude<FromWorker, { type: 'result' | 'error' | 'ready' }>;

type Pending = { resolve(result: unknown): void; reject(error: RoomflowError): void };

/** How long a worker may take to end by itself before it is killed by pid. */
const SHUTDOWN_MS = 5000;

/** One media worker process and the typed messages to and from it. */
export type WorkerLink = {
  readonly pid: number;
  readonly ready: Promise<void>;
  /** @param connection - Goes over to the worker: this process has nothing more to do with it. */
  call<C extends WorkerCommand>(
    command: C,
    params: CommandParams<C>,
    connection?: Socket,
  ): Promise<CommandResult<C>>;
  /** False once the process has ended. */
  readonly alive: boolean;
  /** Ends a process that no longer answers; {@link startWorkerLink}'s `onExit` follows. */
  kill(): void;
  /** Ends the process: asks first, kills after {@link SHUTDOWN_MS}. Resolves when it is gone. */
  shutdown(): Promise<void>;
};

/**
 * Forks a worker.
 *
 * @param entry the worker's program: TypeScript in development, the bundle when installed.
 * @param onExit called once, when the process is gone for whatever reason.
 */
export function startWorkerLink(options: {
  entry: URL;
  settings: WorkerSettings;
  /** Whose worker it is: {@link endLeftovers} finds it by that. */
  lockedFolder: string;
  onMessage(message: WorkerReport): void;
  onExit(description: string): void;
}): WorkerLink {
  const child: ChildProcess = fork(options.entry, [], {
    // In the environment, not among the arguments: those can be read by everybody on the machine, and TURN
    // credentials are in it.
    env: {
      ...process.env,
      [settingsVariable]: JSON.stringify(options.settings),
      [folderVariable]: folderMark(options.lockedFolder),
    },
    // Its own log lines come as messages; what a crash prints goes to our standard error.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...forwardingArguments, ...inheritedArguments(process.execArgv)],
    serialization: 'json',
  });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let gone = false;
  let announceReady: () => void;
  let refuseReady: (error: RoomflowError) => void;
  const ready = new Promise<void>((resolve, reject) => {
    announceReady = resolve;
    refuseReady = reject;
  });
  // A worker that never gets ready is reported through onExit; nobody has to await `ready`.
  ready.catch(() => undefined);
  let announceExit: () => void;
  const exited = new Promise<void>((resolve) => {
    announceExit = resolve;
  });

  function leave(description: string): void {
    if (gone) {
      return;
    }
    gone = true;
    const lost = new RoomflowError('worker-lost', `The media worker has ended (${description}); try again.`);
    refuseReady(lost);
    for (const call of pending.values()) {
      call.reject(lost);
    }
    pending.clear();
    announceExit();
    options.onExit(description);
  }

  child.on('message', (message: FromWorker) => {
    if (message.type === 'result') {
      pending.get(message.id)?.resolve(message.result);
      pending.delete(message.id);
    } else if (message.type === 'error') {
      const { code } = message.error;
      pending
        .get(message.id)
        ?.reject(
          isErrorCode(code)
            ? RoomflowError.fromBody(message.error)
            : new RoomflowError('internal', message.error.message),
        );
      pending.delete(message.id);
    } else if (message.type === 'ready') {
      announceReady();
    } else {
      options.onMessage(message);
    }
  });
  child.on('error', (error) => {
    leave(error.message);
  });
  child.on('exit', (code, signal) => {
    leave(signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`);
  });

  return {
    pid: child.pid ?? -1,
    ready,
    get alive() {
      return !gone;
    },
    kill() {
      child.kill('SIGKILL');
    },
    call<C extends WorkerCommand>(
      command: C,
      params: CommandParams<C>,
      connection?: Socket,
    ): Promise<CommandResult<C>> {
      if (gone) {
        return Promise.reject(new RoomflowError('worker-lost', 'The media worker has ended; try again.'));
      }
      const id = nextId++;
      return new Promise((resolve, reject) => {
        // The worker answers what CommandResults says for this command: both ends are this package.
        pending.set(id, { resolve: resolve, reject });
        const message: ToWorker = { id, command, params };
        // What cannot be sent is answered by the end of the process, which follows: told before, whoever asked would ask
        // the same worker again. A process that does not end misses its heartbeat.
        child.send(message, connection, {}, () => undefined);
      });
    },
    async shutdown() {
      if (gone) {
        return;
      }
      const killer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
      try {
        const message: ToWorker = { id: nextId++, command: 'shutdown', params: {} };
        child.send(message);
      } catch {
        child.kill('SIGKILL');
      }
      await exited;
      clearTimeout(killer);
    },
  };
}
