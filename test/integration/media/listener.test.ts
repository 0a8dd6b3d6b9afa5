import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createListener,
  type EncodedFrame,
  type Listener,
  type ListenerEvent,
  type ListenerOptions,
} from '../../../runtime/media/index.ts';
import { encodeSpeech, linesOf, speak, type Speech } from '../../support/speech/index.ts';
import {
  childProcesses,
  isProcessAlive,
  spawnProcess,
  temporaryDirectory,
} from '../../support/temporary/index.ts';

const FRAME_MS = 20;
const MOST_OFF_MS = 300;
let speech: Speech;
let frames: EncodedFrame[];
const open: Listener[] = [];

beforeAll(async () => {
  speech = await speak(linesOf('awb', 0, 2));
  frames = (await encodeSpeech(speech)).frames.map(({ data }, index) => ({
    kind: 'audio',
    codec: 'opus',
    key: true,
    timestampMs: index * FRAME_MS,
    data,
  }));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
});

type Heard = { listener: Listener; events: ListenerEvent[]; restarts: string[]; failures: Error[] };

function listen(options: Partial<ListenerOptions> = {}): Heard {
  const events: ListenerEvent[] = [];
  const restarts: string[] = [];
  const failures: Error[] = [];
  const listener = createListener({
    engine: { type: 'pocketsphinx' },
    language: null,
    onEvent: (event) => events.push(event),
    onRestart: (reason) => restarts.push(reason),
    onFailure: (error) => failures.push(error),
    ...options,
  });
  open.push(listener);
  return { listener, events, restarts, failures };
}

const ofType = <T extends ListenerEvent['type']>(
  { events }: Heard,
  type: T,
): Extract<ListenerEvent, { type: T }>[] =>
  events.filter((event): event is Extract<ListenerEvent, { type: T }> => event.type === type);
const ready = (heard: Heard, times = 1): Promise<boolean> =>
  vi.waitUntil(() => ofType(heard, 'ready').length >= times, { timeout: 20_000 });
const push = ({ listener }: Heard, sent: readonly EncodedFrame[]): void => {
  for (const frame of sent) listener.push('ada', frame);
};
const upTo = (atMs: number): EncodedFrame[] => frames.filter(({ timestampMs }) => timestampMs < atMs);
/** At the pace at which it is said, as an engine has to follow it. */
async function speakSlowly(heard: Heard, sent: readonly EncodedFrame[]): Promise<void> {
  const [first] = sent;
  const startedAtMs = performance.now();
  for (const frame of sent) {
    const dueMs = startedAtMs + frame.timestampMs - (first?.timestampMs ?? 0);
    await delay(Math.max(0, dueMs - performance.now()));
    push(heard, [frame]);
  }
}
const kill = (pid: number | null): void => {
  if (pid !== null) process.kill(pid, 'SIGKILL');
};

describe('a listener', () => {
  it('tells what was said before it ends, and leaves no process behind', async () => {
    const heard = listen();
    push(heard, frames);
    await heard.listener.close();
    const finals = ofType(heard, 'final');
    expect(finals).toHaveLength(2);
    expect(finals[0]!.words?.length).toBeGreaterThan(4);
    expect(ofType(heard, 'gap')).toEqual([]);
    expect(heard.listener.stats()).toMatchObject({ pid: null, utterances: 2, restarts: 0 });
    expect(await childProcesses(process.pid, 'listener-process')).toEqual([]);
  });

  it('goes on with what was being said when its process is killed: each utterance once, at its time, under its name', async () => {
    const heard = listen();
    await ready(heard);
    const [first, second] = speech.lines;
    const middleMs = (second!.startMs + second!.endMs) / 2;
    await speakSlowly(heard, upTo(middleMs));
    expect(ofType(heard, 'interim').length).toBeGreaterThan(0);
    const told = ofType(heard, 'final').length;
    kill(heard.listener.stats().pid);
    await speakSlowly(
      heard,
      frames.filter(({ timestampMs }) => timestampMs >= middleMs),
    );
    await heard.listener.close();

    expect(heard.restarts).toEqual(['signal SIGKILL']);
    expect(told).toBeLessThanOrEqual(1);
    const finals = ofType(heard, 'final');
    expect(finals).toHaveLength(2);
    for (const [index, line] of [first!, second!].entries()) {
      expect(Math.abs(finals[index]!.startMs - line.startMs)).toBeLessThan(MOST_OFF_MS);
      expect(Math.abs(finals[index]!.endMs - line.endMs)).toBeLessThan(MOST_OFF_MS);
    }
    const names = new Set(finals.map(({ segmentId }) => segmentId));
    expect(names.size).toBe(2);
    expect(ofType(heard, 'interim').filter(({ segmentId }) => !names.has(segmentId))).toEqual([]);
    expect(ofType(heard, 'gap')).toEqual([]);
  });

  it('gives up when its process dies again and again, and says what was not heard', async () => {
    const heard = listen();
    push(heard, frames);
    for (let death = 1; death <= 5; death++) {
      await vi.waitUntil(() => heard.listener.stats().pid !== null || heard.failures.length > 0, {
        timeout: 5000,
      });
      kill(heard.listener.stats().pid);
      await vi.waitUntil(() => heard.restarts.length === death || heard.failures.length > 0, {
        timeout: 5000,
      });
    }
    expect(heard.failures).toMatchObject([{ code: 'transcription-failed' }]);
    expect(ofType(heard, 'final')).toEqual([]);
    expect(ofType(heard, 'gap')[0]).toMatchObject({
      speakerId: 'ada',
      startMs: 0,
      code: 'transcription-failed',
    });
  });

  it('fails at once, with the cause, where the engine cannot be started', async () => {
    const heard = listen({ engine: { type: 'pocketsphinx', modelDirectory: '/nowhere' } });
    push(heard, frames);
    await vi.waitUntil(() => heard.failures.length > 0, { timeout: 20_000 });
    expect(heard.failures).toMatchObject([{ code: 'engine-not-ready' }]);
    expect(heard.restarts).toEqual([]);
  });

  it('keeps the key of its engine out of the process list', async () => {
    const apiKey = 'sk-never-to-be-seen';
    const heard = listen({
      engine: { type: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'm', apiKey },
    });
    await ready(heard);
    const pid = heard.listener.stats().pid ?? 0;
    for (const name of ['cmdline', 'environ']) {
      expect(await readFile(`/proc/${pid}/${name}`, 'utf8')).not.toContain(apiKey);
    }
  });

  it('ends by itself when its parent is killed', async () => {
    await using folder = await temporaryDirectory('roomflow-listener-');
    const program = folder.entry('parent.ts');
    const media = new URL('../../../runtime/media/index.ts', import.meta.url);
    await writeFile(
      program,
      `import { createListener } from ${JSON.stringify(media.href)};
       const listener = createListener({
         engine: { type: 'pocketsphinx' }, language: null,
         onEvent: () => console.log('child', listener.stats().pid),
         onRestart() {}, onFailure() {},
       });`,
    );
    const parent = await spawnProcess(process.execPath, [program]);
    const [, pid] = await parent.waitForLine(/child (\d+)/);
    process.kill(parent.pid, 'SIGKILL');
    await vi.waitUntil(async () => !(await isProcessAlive(Number(pid))), { timeout: 5000 });
    await parent.end();
  });

  it('is killed when it hangs, and goes on in another process', async () => {
    const heard = listen();
    await ready(heard);
    const stopped = heard.listener.stats().pid ?? 0;
    process.kill(stopped, 'SIGSTOP');
    await vi.waitUntil(() => heard.restarts.length === 1, { timeout: 30_000, interval: 100 });
    expect(heard.restarts[0]).toMatch(/no sign of life/);
    expect(await isProcessAlive(stopped)).toBe(false);
    push(heard, frames);
    await heard.listener.close();
    expect(ofType(heard, 'final')).toHaveLength(2);
  });
});
