import { expect, it } from 'vitest';
import type { Graph, GraphDocument, GraphInstance, Page } from '../../../runtime/contract/index.ts';
import { analyseSound } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  publishAs,
  startRuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const document: GraphDocument = {
  version: 1,
  name: 'Record who joins',
  nodes: {
    joined: { on: 'participant-joined' },
    file: { do: 'record', from: 'joined', with: { mode: 'audio' } },
  },
};
/** Whoever does not come back has soon left. */
const settings = { reconnectGraceMs: 3000 };

it('goes on with its instances when the runtime is killed, ends them with their guests, and runs for new ones', async () => {
  const tone = await encodeAudioClip(2);
  await using directory = await temporaryDirectory();
  const dataDirectory = directory.entry('data');
  let graph: Graph;
  let roomId: string;
  {
    await using runtime = await startRuntimeProcess(dataDirectory, settings);
    ({ roomId } = await runtime.api.createRoom());
    graph = await runtime.api.call<Graph>('POST', '/v2/graphs', { document });
    const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await using media = await publishAs(ada, { clips: [tone] });
    await runtime.events.event('step-changed', ({ data }) => data.to === 'running');
    await media.sentMore(150);
    runtime.process.signal('SIGKILL');
    await runtime.process.ended;
  }

  await using runtime = await startRuntimeProcess(dataDirectory, settings);
  const instances = async (): Promise<GraphInstance[]> =>
    (await runtime.api.call<Page<GraphInstance>>('GET', `/v2/graphs/${graph.id}/instances`)).data;
  const [ofAda] = await instances();
  expect(ofAda).toMatchObject({ scopeId: 'ada', state: 'running', nodes: [{ attempts: 1 }] });
  await using _bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
  await runtime.events.event(
    'graph-instance-changed',
    ({ data }) => data.instanceId === ofAda!.id && data.to === 'finished',
  );
  expect((await instances()).map(({ scopeId, state, reason }) => [scopeId, state, reason])).toEqual([
    ['bob', 'running', 'participant-joined'],
    ['ada', 'finished', 'participant-left'],
  ]);
  const begun = runtime.events
    .events()
    .filter((event) => event.type === 'graph-instance-changed' && event.data.from === '');
  expect(begun).toHaveLength(2);

  const { recordingId } = await runtime.api.step(ofAda!.nodes[0]!.stepId!);
  const files = await completedRecording(runtime, recordingId!);
  expect(files.length).toBeGreaterThan(0);
  const sound = await analyseSound(files[0]!.filePath);
  expect(sound.decodeErrors).toEqual([]);
  expect(files[0]!.meta.duration).toBeGreaterThan(1.5);
});
