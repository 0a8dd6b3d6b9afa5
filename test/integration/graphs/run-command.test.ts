import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, loadKeys } from '../../../runtime/config/index.ts';
import type { Graph, GraphDocument, Page } from '../../../runtime/contract/index.ts';
import { analyseSound } from '../../support/oracle/index.ts';
import {
  clientsOf,
  encodeAudioClip,
  publishAs,
  runRoomflow,
  startRuntimeProcess,
  type EncodedClip,
} from '../../support/runtime/index.ts';
import { freePort, temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const document: GraphDocument = {
  version: 1,
  name: 'Record who joins',
  nodes: {
    joined: { on: 'participant-joined' },
    file: { do: 'record', from: 'joined', with: { mode: 'audio' } },
  },
};

let directory: TemporaryDirectory;
let file: string;
let tone: EncodedClip;
beforeAll(async () => {
  directory = await temporaryDirectory();
  file = directory.entry('graph.json');
  await writeFile(file, JSON.stringify(document));
  tone = await encodeAudioClip(2);
});
afterAll(() => directory[Symbol.asyncDispose]());

const common = (data: string): string[] => [
  ...['--data-directory', data, '--bind-addresses', '["127.0.0.1"]', '--minimum-free-disk-bytes', '0'],
  ...['--workers', '1'],
];

describe('roomflow run', () => {
  it('runs a graph in a runtime of its own until Ctrl-C, and names what it leaves', async () => {
    const data = directory.entry('own');
    await using command = await runRoomflow(['run', file, '--port', '0', ...common(data)]);
    const [, url] = await command.waitForLine(/runs in every room at (\S+); Ctrl-C ends it/);
    const runtime = await clientsOf(url!, loadKeys(data, loadConfig({ flags: { dataDirectory: data } })));
    const { roomId } = await runtime.api.createRoom();
    const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    const media = await publishAs(ada, { clips: [tone] });
    await command.waitForLine(/joined Ada \(participant ada\): file \(record\) running/);
    await media.sentMore(100);
    await runtime.events.close();
    command.signal('SIGINT');
    const [, path] = await command.waitForLine(/joined Ada \(participant ada\): file → (\S+)/);
    expect(await command.ended).toMatchObject({ code: 0 });
    await media.close();
    expect(command.stdout()).toMatch(/joined Ada \(participant ada\): cancelled \(requested\)/);
    expect((await analyseSound(path!)).decodeErrors).toEqual([]);
  });

  it('runs it in the runtime that is there, and takes it out again', async () => {
    const data = directory.entry('there');
    const port = await freePort();
    await using runtime = await startRuntimeProcess(data, { port });
    const { roomId } = await runtime.api.createRoom();
    await using command = await runRoomflow([
      ...['run', file, '--room', roomId, '--port', String(port)],
      ...common(data),
    ]);
    await command.waitForLine(new RegExp(`runs in room ${roomId}`));
    await using _ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await command.waitForLine(/file \(record\) running/);
    command.signal('SIGINT');
    expect(await command.ended).toMatchObject({ code: 0 });
    expect((await runtime.api.call<Page<Graph>>('GET', '/v2/graphs')).data).toEqual([]);
    expect(await runtime.api.createRoom()).toMatchObject({ disabled: false });
  });

  it('says what is wrong with a document, and runs nothing', async () => {
    const wrong = directory.entry('wrong.json');
    await writeFile(wrong, JSON.stringify({ ...document, nodes: { file: document.nodes['file'] } }));
    await using command = await runRoomflow(['run', wrong, ...common(directory.entry('none'))]);
    expect(await command.ended).toMatchObject({ code: 1 });
    expect(command.stdout()).toContain('/nodes/file/from unknown-node');
  });
});
