import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { BenchRuntime } from '../runtime-process.ts';
import type { PublisherOrder, PublisherReport, SendCount } from './publisher-messages.ts';

/** So many share a process: few processes, none of which fills a core. */
const PER_PROCESS = 9;
const STOP_LIMIT_MS = 5000;

/** Participants who publish the clip, in processes of their own. Leaving the scope makes them leave. */
export type Publishers = AsyncDisposable & {
  participantIds: readonly string[];
  /** @throws when one of them could not send */
  count(): Promise<SendCount>;
};

/** Resolves when all of them send. */
export async function startPublishers(
  runtime: BenchRuntime,
  roomId: string,
  clipFile: string,
  count: number,
): Promise<Publishers> {
  const participants = Array.from({ length: count }, (_, index) => ({
    participantId: `sender-${index + 1}`,
    phase: index / count,
  }));
  await using stack = new AsyncDisposableStack();
  const processes: PublisherProcess[] = [];
  for (let first = 0; first < count; first += PER_PROCESS) {
    processes.push(stack.use(new PublisherProcess()));
  }
  const { url: runtimeUrl, serverKey } = runtime;
  await Promise.all(
    processes.map(async (sender, index) => {
      const own = participants.filter((_, participant) => participant % processes.length === index);
      const order = { runtimeUrl, serverKey, roomId, clipFile, participants: own };
      await sender.order({ type: 'publish', ...order }, 'publishing');
    }),
  );
  const owned = stack.move();
  return {
    participantIds: participants.map(({ participantId }) => participantId),
    async count() {
      const counts = await Promise.all(processes.map((sender) => sender.order({ type: 'count' }, 'counted')));
      return {
        packetsSent: counts.reduce((sum, { packetsSent }) => sum + packetsSent, 0),
        packetsLost: counts.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
        latestMs: Math.max(...counts.map(({ latestMs }) => latestMs)),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

class PublisherProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #killWithCaller = (): void => void this.#child.kill('SIGKILL');

  constructor() {
    this.#child = fork(resolve(import.meta.dirname, 'publisher-process.ts'), [], { stdio: 'inherit' });
    process.once('exit', this.#killWithCaller);
  }

  /** Sends an order and resolves with the report of that type. @throws when it fails or ends instead */
  async order<Type extends PublisherReport['type']>(
    order: PublisherOrder,
    type: Type,
  ): Promise<Extract<PublisherReport, { type: Type }>> {
    const answered = new Promise<Extract<PublisherReport, { type: Type }>>((resolve, reject) => {
      const settle = (): void => {
        this.#child.off('message', hear);
        this.#child.off('exit', end);
      };
      const hear = (report: PublisherReport): void => {
        settle();
        if (isOfType(report, type)) {
          resolve(report);
        } else {
          reject(new Error(report.type === 'failed' ? report.message : `Unexpected "${report.type}"`));
        }
      };
      const end = (code: number | null): void => {
        settle();
        reject(new Error(`A process of publishers ended with ${code}`));
      };
      this.#child.on('message', hear);
      this.#child.on('exit', end);
    });
    this.#child.send(order);
    return await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#killWithCaller);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return;
    }
    const exited = once(this.#child, 'exit');
    if (this.#child.connected) {
      this.#child.send({ type: 'stop' } satisfies PublisherOrder);
    }
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(patience);
  }
}

function isOfType<Type extends PublisherReport['type']>(
  report: PublisherReport,
  type: Type,
): report is Extract<PublisherReport, { type: Type }> {
  return report.type === type;
}
