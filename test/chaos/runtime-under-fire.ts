import { setTimeout as delay } from 'node:timers/promises';
import { startRuntimeProcess, type RuntimeProcess } from '../support/runtime/index.ts';
import { describeProcess, isProcessAlive, type SpawnedProcess } from '../support/temporary/index.ts';
import { takesControlDown, type Kill, type KillTarget } from './plan.ts';
import { killNow, openDescriptors, processesOf, whatGrew, type ProcessKind } from './processes.ts';
import { until } from './until.ts';

/** How long a child of the runtime may take to be there, or to be there again. */
const CHILD_THERE_MS = 10_000;
/** What a dead runtime has started has to notice that within this time, and end. */
const ORPHANS_END_MS = 5000;
/** Connections of the runs before are closed within this time. */
const DESCRIPTORS_CLOSED_MS = 6000;
/** Open at one time and not at another without being a leak: a keep-alive connection, a timer's pipe. */
const DESCRIPTOR_PLAY = 4;

/** A runtime on a data folder and a port of its own, which is killed, as a whole or in part, and started again. */
export class RuntimeUnderFire implements AsyncDisposable {
  readonly dataDirectory: string;
  /** Processes that outlived the runtime which had started them, and descriptors that were not closed. */
  readonly leftBehind: string[] = [];
  readonly #settings: Record<string, number>;
  #running: RuntimeProcess;
  /** Of each process that has been through a run: what it holds open between runs. */
  readonly #descriptors = new Map<number, string[]>();
  readonly #outputs: string[] = [];

  private constructor(dataDirectory: string, settings: Record<string, number>, running: RuntimeProcess) {
    this.dataDirectory = dataDirectory;
    this.#settings = settings;
    this.#running = running;
  }

  static async start(
    dataDirectory: string,
    settings: Record<string, number> = {},
  ): Promise<RuntimeUnderFire> {
    return new RuntimeUnderFire(dataDirectory, settings, await startRuntimeProcess(dataDirectory, settings));
  }

  /** How to reach it. Address and credentials stay the same over a restart. */
  get clients(): Pick<RuntimeProcess, 'url' | 'serverKey' | 'api' | 'token'> {
    return this.#running;
  }

  /** What it has printed since its first start. */
  output(): string {
    return [...this.#outputs, this.#running.process.output()].join('\n--- killed, started again ---\n');
  }

  /** Waits until there is one to kill. @returns when it was killed, in milliseconds since 1970 */
  async kill(target: KillTarget): Promise<number> {
    const { process } = this.#running;
    if (target === 'everything') {
      const pids = await process.family();
      const atMs = Date.now();
      pids.forEach(killNow);
      await process.ended;
      return atMs;
    }
    const pid = await this.#pidOf(target);
    const atMs = Date.now();
    killNow(pid);
    await (target === 'control' ? process.ended : gone(pid));
    return atMs;
  }

  /** Starts it again after a kill that took it down; another kill needs no such thing. */
  async recover({ target, downMs }: Kill): Promise<void> {
    if (!takesControlDown(target)) {
      return;
    }
    const dead = this.#running.process;
    const { port } = new URL(this.#running.url);
    this.#outputs.push(dead.output());
    await delay(downMs);
    this.#running = await startRuntimeProcess(this.dataDirectory, {
      ...this.#settings,
      port: Number(port),
    });
    await this.#expectDead(dead);
  }

  async has(kind: ProcessKind): Promise<boolean> {
    return (await processesOf(this.#running.process)).some((found) => found.kind === kind);
  }

  /** Between runs: nothing of the run before is left, be it a process, a file or a socket. */
  async expectQuiet(): Promise<void> {
    await this.#expectChildrenEnded();
    await this.#expectDescriptorsClosed();
  }

  async #expectChildrenEnded(): Promise<void> {
    const children = async (): Promise<string[]> =>
      (await processesOf(this.#running.process))
        .filter(({ kind }) => kind !== 'control' && kind !== 'worker')
        .map(({ pid, kind }) => `${kind} ${pid} has nothing to do any more`);
    const giveUpAtMs = performance.now() + ORPHANS_END_MS;
    let left = await children();
    while (left.length > 0 && performance.now() < giveUpAtMs) {
      await delay(100);
      left = await children();
    }
    this.leftBehind.push(...left);
  }

  /** What stays open must not become more from run to run. */
  async #expectDescriptorsClosed(): Promise<void> {
    const lasting = (await processesOf(this.#running.process)).filter(
      ({ kind }) => kind === 'control' || kind === 'worker',
    );
    const { port } = new URL(this.#running.url);
    for (const { pid, kind } of lasting) {
      const served = kind === 'control' ? Number(port) : null;
      const before = this.#descriptors.get(pid);
      let now = await openDescriptors(pid, served);
      for (
        const giveUpAtMs = performance.now() + DESCRIPTORS_CLOSED_MS;
        before !== undefined && now.length > before.length && performance.now() < giveUpAtMs;
      ) {
        await delay(250);
        now = await openDescriptors(pid, served);
      }
      if (before === undefined || now.length < before.length) {
        this.#descriptors.set(pid, now);
      } else if (now.length > before.length + DESCRIPTOR_PLAY) {
        const more = whatGrew(before, now).join(', ');
        this.leftBehind.push(
          `${kind} ${pid} holds ${now.length} descriptors, after a run before ${before.length}: ${more}`,
        );
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }

  async #pidOf(kind: ProcessKind): Promise<number> {
    let pid: number | undefined;
    await until(
      `a ${kind} to kill`,
      async () => {
        pid = (await processesOf(this.#running.process)).find((found) => found.kind === kind)?.pid;
        return pid === undefined ? ['there is none'] : [];
      },
      CHILD_THERE_MS,
    );
    return pid ?? 0;
  }

  async #expectDead(dead: SpawnedProcess): Promise<void> {
    const giveUpAtMs = performance.now() + ORPHANS_END_MS;
    let left = await dead.family();
    while (left.length > 0 && performance.now() < giveUpAtMs) {
      await delay(100);
      left = await dead.family();
    }
    for (const pid of left) {
      this.leftBehind.push(`${await describeProcess(pid)} outlived the runtime that had started it`);
      killNow(pid);
    }
  }
}

async function gone(pid: number): Promise<void> {
  await until(
    `process ${pid} to be gone`,
    async () => ((await isProcessAlive(pid)) ? ['it lives'] : []),
    CHILD_THERE_MS,
  );
}
