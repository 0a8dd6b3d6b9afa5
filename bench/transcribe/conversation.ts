import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { SpokenLine } from '../../test/support/speech/index.ts';
import { treeCpuSeconds } from '../compose/process-tree.ts';
import { watchIdleShare } from '../processor-time.ts';
import type { BenchRuntime } from '../runtime-process.ts';
import { hearFinals, type Final } from './finals.ts';
import { startSpeaking, type Speaker, type Speaking } from './speakers.ts';

/** What was said by somebody, and what came of it. */
export type Told = { participantId: string; lines: SpokenLine[]; finals: Final[] };

export type Conversation = {
  told: Told[];
  /** Cores that the process of the listener took while people spoke. */
  listenerCores: number;
  /** Share of the machine that was idle then. */
  idle: number;
};

/** Has people speak all at a time in a room that is transcribed by an engine, until all is said. */
export async function hold(
  runtime: BenchRuntime,
  engine: string,
  speakers: readonly Speaker[],
  signal: AbortSignal,
): Promise<Conversation> {
  const { api, url, serverKey } = runtime;
  const roomId = await api.createRoom();
  using finals = await hearFinals(url, serverKey, roomId);
  await using stack = new AsyncDisposableStack();
  const speaking: Speaking[] = [];
  for (const speaker of speakers) {
    speaking.push(stack.use(await startSpeaking(runtime, roomId, speaker)));
    if (speaking.length === 1) {
      await api.startTranscription(roomId, engine);
    }
  }
  const pid = await listenerOf(runtime.pid, signal);
  const [cpuBefore, startedAtMs, idle] = [await treeCpuSeconds(pid), performance.now(), watchIdleShare()];
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  await Promise.race([aborted, Promise.all(speaking.map(({ said }) => said))]);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const listenerCores = ((await treeCpuSeconds(pid)) - cpuBefore) / seconds;
  const idleShare = idle();
  await api.endTranscription(roomId);
  await Promise.race([aborted, finals.ended()]);
  const told = speaking.map((speaker) => ({
    participantId: speaker.participantId,
    lines: speaker.lines(),
    finals: finals.heard.filter(({ participantId }) => participantId === speaker.participantId),
  }));
  await stack.disposeAsync();
  await api.endSession(roomId);
  return { told, listenerCores, idle: idleShare };
}

/** The process of the only listener below the runtime. */
async function listenerOf(runtimePid: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    const found = await descendants(runtimePid, 'listener-process');
    if (found[0] !== undefined) {
      return found[0];
    }
    await delay(50, undefined, { signal });
  }
}

async function descendants(rootPid: number, program: string): Promise<number[]> {
  const tasks = await readdir(`/proc/${rootPid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${rootPid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  const children = lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number));
  const found: number[] = [];
  for (const child of children) {
    const commandLine = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(program)) {
      found.push(child);
    }
    found.push(...(await descendants(child, program)));
  }
  return found;
}
