import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphDocument, GraphInstance } from '../../../../runtime/contract/index.ts';
import { openHouse, type SimulatedHouse } from '../../../support/graphs/index.ts';
import { refusal } from '../../rooms/support/refusal.ts';
import { documentOf, instancesOf, onlyInstance, settled } from './support/instances.ts';

let house: SimulatedHouse;
let roomId: string;
beforeEach(async () => {
  house = await openHouse();
  roomId = house.directory.create({}).roomId;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const recordWhoJoins = (fileFormat: 'webm' | 'mkv' = 'webm', name = 'record'): GraphDocument =>
  documentOf(
    {
      joined: { on: 'participant-joined' },
      file: { do: 'record', from: 'joined', with: { fileFormat } },
    },
    name,
  );
const only = (graphId: string): GraphInstance => onlyInstance(house, graphId);
const runs = (count: number): Promise<void> => settled(() => house.media.running().length === count);
const formats = (): unknown[] => house.media.running().map(({ params }) => params['fileFormat']);

describe('what is there when a graph begins to run', () => {
  const everything = documentOf({
    began: { on: 'session-started' },
    joined: { on: 'participant-joined' },
    published: { on: 'track-published' },
    picture: { do: 'compose', from: 'began', with: {} },
    file: { do: 'record', from: 'joined' },
    tap: { do: 'tap', from: 'published', with: { kinds: ['audio'] } },
  });

  it('counts as having come, by the events with which it came', async () => {
    house.join(roomId, 'ada');
    await house.publish(roomId, 'ada');
    house.join(roomId, 'bob');
    house.leave(roomId, 'bob');
    const joined = house.events.read({ cursor: 'earliest', types: ['participant-joined'] }).events[0]!;
    const { graphId } = house.graphs.create({ document: everything });
    await runs(3);
    const instances = instancesOf(house, graphId);
    expect(instances.map(({ nodeId }) => nodeId).sort()).toEqual(['began', 'joined', 'published']);
    expect(instances.find(({ nodeId }) => nodeId === 'joined')!.event).toMatchObject({
      id: joined.id,
      at: joined.at,
    });
  });

  it('counts as having come when the log has forgotten it', async () => {
    house.join(roomId, 'ada', { name: 'Ada', metaData: { role: 'host' } });
    await house.publish(roomId, 'ada');
    house.store.run(house.store.db.deleteFrom('events'));
    const { graphId } = house.graphs.create({ document: everything });
    await runs(3);
    const joined = instancesOf(house, graphId).find(({ nodeId }) => nodeId === 'joined')!;
    expect(joined.event.data).toMatchObject({ participantName: 'Ada', metaData: { role: 'host' } });
  });

  it('is left alone where that is asked for, and comes in when the graph is enabled again', async () => {
    house.join(roomId, 'ada');
    const { graphId } = house.graphs.create({ document: everything, includePresent: false });
    house.join(roomId, 'bob');
    await runs(1);
    house.graphs.setEnabled(graphId, false);
    house.graphs.setEnabled(graphId, true);
    await runs(3);
    expect(instancesOf(house, graphId)).toHaveLength(3);
  });

  it('begins one instance for a session however many are there', async () => {
    house.join(roomId, 'ada');
    house.join(roomId, 'bob');
    const { graphId } = house.graphs.create({
      document: documentOf({
        joined: { on: 'participant-joined', scope: 'session' },
        stream: { do: 'hls', from: 'joined', with: {} },
      }),
    });
    await runs(1);
    expect(only(graphId).scope).toBe('session');
  });
});

describe('a graph that is changed', () => {
  it('runs anew on its new document, and lets what runs finish on the old one', async () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins('webm') });
    house.join(roomId, 'ada');
    await runs(1);
    expect(house.graphs.update(graphId, { document: recordWhoJoins('mkv') })).toMatchObject({
      revision: 2,
      runningInstances: 1,
    });
    house.join(roomId, 'bob');
    await runs(2);
    expect(formats()).toEqual(['webm', 'mkv']);
    expect(instancesOf(house, graphId).map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('keeps an old document only as long as something runs on it: keys are in it', async () => {
    const kept = (): number[] =>
      house.store
        .all(house.store.db.selectFrom('graph_revisions').select('revision').orderBy('revision'))
        .map(({ revision }) => revision);
    const { graphId } = house.graphs.create({ document: recordWhoJoins('webm') });
    house.join(roomId, 'ada');
    await runs(1);
    house.graphs.update(graphId, { document: recordWhoJoins('mkv') });
    house.graphs.update(graphId, { document: recordWhoJoins() });
    expect(kept()).toEqual([1, 3]);

    const [running] = instancesOf(house, graphId);
    await house.graphs.stopInstance(running?.instanceId ?? '');
    expect(kept()).toEqual([3]);
  });

  it('is not another when its document is the same', () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    expect(house.graphs.update(graphId, { document: recordWhoJoins() }).revision).toBe(1);
  });

  it('can be given a document when the one it has cannot be read any more', async () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins('webm') });
    house.store.run(house.store.db.updateTable('graph_revisions').set({ sealed: 'of another secret' }));
    expect(house.graphs.update(graphId, { document: recordWhoJoins('mkv') }).revision).toBe(2);
    house.join(roomId, 'ada');
    await runs(1);
    expect(formats()).toEqual(['mkv']);
  });

  it('tells of one room alone what has run there, when it has been moved there', async () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    const other = house.directory.create({}).roomId;
    house.join(roomId, 'ada');
    house.join(other, 'bob');
    await runs(2);
    house.graphs.update(graphId, { roomId: other });
    expect(house.graphs.instances({ graphId, roomId: other }).data.map(({ scopeId }) => scopeId)).toEqual([
      'bob',
    ]);
  });

  it('takes the place of the one of the same name and keeps its id', async () => {
    house.join(roomId, 'ada');
    const first = house.graphs.create({ document: recordWhoJoins('webm'), replace: true });
    await runs(1);
    const again = house.graphs.create({ document: recordWhoJoins('webm'), replace: true });
    const other = house.graphs.create({ document: recordWhoJoins('mkv'), replace: true });
    expect([again.graphId, again.revision, other.graphId, other.revision]).toEqual([
      first.graphId,
      1,
      first.graphId,
      2,
    ]);
    const ofTheRoom = house.graphs.create({ document: recordWhoJoins(), replace: true, roomId });
    expect(ofTheRoom.graphId).not.toBe(first.graphId);
    expect(house.graphs.list({}).pageInfo.total).toBe(2);
    await runs(2);
    expect(instancesOf(house, first.graphId)).toHaveLength(1);
  });

  it('runs nothing twice when the same is posted twice, also what has ended meanwhile', async () => {
    house.join(roomId, 'ada');
    const { graphId } = house.graphs.create({ document: recordWhoJoins(), replace: true });
    await runs(1);
    await house.graphs.stopInstance(only(graphId).id);
    house.graphs.create({ document: recordWhoJoins(), replace: true });
    expect(only(graphId).state).toBe('cancelled');
  });

  it('stays as it was when the new document is refused, with every problem', () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    const bad = documentOf({ joined: { on: 'participant-joined' }, file: { do: 'record', from: 'nobody' } });
    const refused = refusal(() => house.graphs.update(graphId, { document: bad }));
    expect(refused.code).toBe('invalid-graph');
    expect(refused.details?.map(({ pointer }) => pointer)).toContain('/nodes/file/from');
    expect(house.graphs.get(graphId).revision).toBe(1);
  });
});

describe('a graph that is disabled', () => {
  it('begins nothing more, and lets what runs go on', async () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    house.join(roomId, 'ada');
    await runs(1);
    expect(house.graphs.setEnabled(graphId, false)).toMatchObject({ enabled: false, runningInstances: 1 });
    house.join(roomId, 'bob');
    expect(only(graphId).state).toBe('running');
    house.leave(roomId, 'ada');
    await settled(() => only(graphId).endedAt !== null);
  });
});

describe('a graph that is deleted', () => {
  it('ends what runs of it first; what has run is told all the same', async () => {
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    house.join(roomId, 'ada');
    await runs(1);
    const { sessionId } = house.rooms.requireSession(roomId);
    await house.graphs.delete(graphId);
    expect(house.media.running()).toEqual([]);
    expect(refusal(() => house.graphs.get(graphId)).code).toBe('graph-not-found');
    expect(house.graphs.instances({ sessionId }).data).toMatchObject([
      { graphId, graphName: 'record', state: 'cancelled', reason: 'graph-deleted' },
    ]);
  });
});

describe('who waits for a graph', () => {
  const url = 'https://example.com/resume';
  const create = (callbackUrl: string) =>
    house.graphs.create({ document: recordWhoJoins(), replace: true, callbackUrl });

  it('is called once, when what began since then has ended and nothing runs', async () => {
    house.join(roomId, 'ada');
    const { graphId } = create(url);
    house.join(roomId, 'bob');
    await runs(2);
    house.leave(roomId, 'ada');
    await settled(() => house.graphs.get(graphId).runningInstances === 1);
    expect(house.callbacks).toEqual([]);
    house.leave(roomId, 'bob');
    await settled(() => house.callbacks.length === 1);
    expect(house.callbacks[0]).toMatchObject({ url, body: { graphId, runningInstances: 0 } });
    house.join(roomId, 'amy');
    await runs(1);
    house.leave(roomId, 'amy');
    await settled(() => house.graphs.get(graphId).runningInstances === 0);
    expect(house.callbacks).toHaveLength(1);
  });

  it('is called when another takes the place of the graph and is not enabled', () => {
    create(url);
    house.graphs.create({ document: recordWhoJoins(), replace: true, enabled: false });
    expect(house.callbacks.map((callback) => callback.url)).toEqual([url]);
  });

  it('is called when the graph is disabled, and when it is deleted', async () => {
    const { graphId } = create(url);
    house.graphs.setEnabled(graphId, false);
    expect(house.callbacks.map((callback) => callback.url)).toEqual([url]);
    create('https://example.com/other');
    await house.graphs.delete(graphId);
    expect(house.callbacks.map((callback) => callback.url)).toEqual([url, 'https://example.com/other']);
  });

  it('is called when the last has ended of a graph that was disabled before', async () => {
    house.join(roomId, 'ada');
    const { graphId } = create(url);
    await runs(1);
    house.graphs.setEnabled(graphId, false);
    expect(house.callbacks).toEqual([]);
    house.leave(roomId, 'ada');
    await settled(() => house.callbacks.length === 1);
    expect(house.graphs.get(graphId)).toMatchObject({ enabled: false, runningInstances: 0 });
  });

  it('is not forgotten when another waits as well', async () => {
    house.join(roomId, 'ada');
    const { graphId } = create(url);
    await runs(1);
    create('https://example.com/other');
    house.leave(roomId, 'ada');
    await settled(() => house.callbacks.length > 0);
    expect(house.callbacks.map((callback) => callback.url)).toEqual([url]);
    house.join(roomId, 'bob');
    await runs(1);
    house.leave(roomId, 'bob');
    await settled(() => house.callbacks.length === 2);
    expect(house.graphs.get(graphId).enabled).toBe(true);
  });
});

describe('stream keys', () => {
  it('are not shown, and not to be read in the store', async () => {
    const { graphId, document } = house.graphs.create({
      document: documentOf({
        began: { on: 'session-started' },
        stream: {
          do: 'rtmp',
          from: 'began',
          with: { outputs: [{ url: 'rtmp://example.com/live', streamKey: 'very-secret' }] },
        },
      }),
    });
    house.join(roomId, 'ada');
    await runs(1);
    expect(JSON.stringify([document, house.graphs.get(graphId), only(graphId)])).not.toContain('very-secret');
    const rows = house.store.all(house.store.db.selectFrom('graph_revisions').selectAll());
    expect(JSON.stringify(rows)).not.toContain('very-secret');
    expect(JSON.stringify(house.media.running()[0]!.params)).toContain('very-secret');
  });
});

describe('calls that are refused', () => {
  it('name what is not there', async () => {
    expect(refusal(() => house.graphs.get('grf_no')).code).toBe('graph-not-found');
    expect(refusal(() => house.graphs.instance('gin_no')).code).toBe('graph-instance-not-found');
    await expect(house.graphs.stopInstance('gin_no')).rejects.toMatchObject({
      code: 'graph-instance-not-found',
    });
    const { graphId } = house.graphs.create({ document: recordWhoJoins() });
    house.join(roomId, 'ada');
    await runs(1);
    await house.graphs.stopInstance(only(graphId).id);
    await expect(house.graphs.stopInstance(only(graphId).id)).rejects.toMatchObject({
      code: 'graph-instance-ended',
    });
  });
});
