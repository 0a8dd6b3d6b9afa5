import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderMark, folderVariable } from '../../../runtime/worker/leftovers.ts';
import { startRtmpServer, type RtmpServer } from '../../support/rtmp/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  openTapStream,
  publishAs,
  startRuntimeProcess,
  type EncodedClip,
  type RuntimeProcess,
} from '../../support/runtime/index.ts';
import { processesMarked } from '../../support/temporary/marked-processes.ts';
import { childProcesses, isProcessAlive, temporaryDirectory } from '../../support/temporary/index.ts';

/** So soon after a kill nothing that hung on what was killed may be there. */
const GONE_MS = 2000;

let clips: EncodedClip[];
let server: RtmpServer;
beforeAll(async () => {
  clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
  server = await startRtmpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const commandLineOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

/** All that the runtime's workers have started, and they. */
const treeOf = ({ dataDirectory }: RuntimeProcess): Promise<number[]> =>
  processesMarked(`${folderVariable}=${folderMark(dataDirectory)}`);

/** A room with one of each kind of process at work for it. */
async function busyRoom(runtime: RuntimeProcess): Promise<AsyncDisposableStack> {
  const open = new AsyncDisposableStack();
  const { roomId } = await runtime.api.createRoom();
  const ada = open.use(await runtime.join(roomId, { participantId: 'ada' }));
  open.use(await publishAs(ada, { clips }));
  for (const kind of ['audio', 'video']) {
    await runtime.events.event('track-published', ({ data }) => data.kind === kind);
  }
  await runtime.api.call('POST', '/v2/recordings/start', { roomId });
  await runtime.api.call('POST', '/v2/livestreams/start', {
    roomId,
    outputs: [{ url: server.url, streamKey: 'left' }],
    config: { quality: 'low' },
  });
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/start', { roomId });
  const { stepId } = await runtime.api.startStep(roomId, {
    step: 'tap',
    with: { participantId: 'ada', kinds: ['video'] },
  });
  const pictures = open.use(await openTapStream(runtime.url, stepId, { video: 'jpeg' }, runtime.serverKey));
  await pictures.messages.first(() => true, 'a picture');
  await runtime.api.call('POST', `/v2/rooms/${roomId}/plays`, { text: 'Hello. '.repeat(500) });
  await runtime.events.event('play-started');
  await runtime.events.event('livestream-output-changed', ({ data }) => data.state === 'live');
  await runtime.events.event('transcription-started');
  return open;
}

/** Kinds of processes that are at work. */
async function kindsOf(pids: readonly number[]): Promise<string[]> {
  const lines = await Promise.all(pids.map(commandLineOf));
  const kinds = {
    worker: 'media-worker-process',
    compositor: 'compositor-process',
    listener: 'listener-process',
    pusher: 'rtmp://',
    pictures: 'mjpeg',
    reader: 'libopus',
  };
  return Object.entries(kinds)
    .filter(([, words]) => lines.some((line) => line.includes(words)))
    .map(([kind]) => kind);
}

async function expectGone(pids: readonly number[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const alive = await Promise.all(pids.map(isProcessAlive));
        return Promise.all(pids.filter((_pid, index) => alive[index]).map(commandLineOf));
      },
      { timeout: GONE_MS, interval: 50 },
    )
    .toEqual([]);
}

describe('with what is killed goes what it has started', () => {
  it.each(['control', 'worker'] as const)('when it is the %s', async (victim) => {
    await using directory = await temporaryDirectory();
    const runtime = await startRuntimeProcess(directory.entry('data'));
    await using _room = await busyRoom(runtime);
    const tree = await treeOf(runtime);
    expect(await kindsOf(tree)).toEqual(['worker', 'compositor', 'listener', 'pusher', 'pictures', 'reader']);
    if (victim === 'control') {
      runtime.process.signal('SIGKILL');
    } else {
      const [worker] = await childProcesses(runtime.process.pid, 'media-worker-process');
      process.kill(worker!, 'SIGKILL');
    }
    await expectGone(tree);
    await runtime[Symbol.asyncDispose]();
  });

  it('also when it hangs, before the next run of the runtime touches anything', async () => {
    await using directory = await temporaryDirectory();
    const runtime = await startRuntimeProcess(directory.entry('data'));
    const [worker] = await childProcesses(runtime.process.pid, 'media-worker-process');
    process.kill(worker!, 'SIGSTOP');
    runtime.process.signal('SIGKILL');
    await runtime.process.ended;
    expect(await isProcessAlive(worker!)).toBe(true);
    await using again = await startRuntimeProcess(runtime.dataDirectory);
    expect(await isProcessAlive(worker!)).toBe(false);
    expect(again.process.output()).toContain('processes of the last run were still there');
    await runtime[Symbol.asyncDispose]();
  });
});
