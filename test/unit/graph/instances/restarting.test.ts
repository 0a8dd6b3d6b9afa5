import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphInstance } from '../../../../runtime/contract/index.ts';
import { listSteps, readEvents } from '../../../../runtime/store/index.ts';
import { openHouse, type SimulatedHouse } from '../../../support/graphs/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../../support/temporary/index.ts';
import { documentOf, instancesOf, onlyInstance, settled, statesOf } from './support/instances.ts';

let folder: TemporaryDirectory;
let house: SimulatedHouse;
let roomId: string;
const open = async (): Promise<void> => {
  house = await openHouse({ file: folder.entry('roomflow.db'), onError: () => undefined });
};
beforeEach(async () => {
  folder = await temporaryDirectory();
  await open();
  roomId = house.directory.create({}).roomId;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});
/** As after a kill: nothing has been told or finished, and the next run finds the store as it was. */
async function restart(meanwhile: (before: SimulatedHouse) => void = () => undefined): Promise<void> {
  const before = house;
  before.graphs.close();
  meanwhile(before);
  await before.crash();
  await open();
}

const recordWhoJoins = documentOf({
  joined: { on: 'participant-joined' },
  tap: {
    do: 'tap',
    from: 'joined',
    with: { kinds: ['audio'] },
    restart: { policy: 'retry', backoffMs: 100 },
  },
  file: { do: 'record', from: 'tap' },
});
const run = (): string => house.graphs.create({ document: recordWhoJoins }).graphId;
const runs = (count: number): Promise<void> => settled(() => house.media.running().length === count);
const only = (graphId: string): GraphInstance => onlyInstance(house, graphId);
const stepCount = (): number => listSteps(house.store, { roomId }).length;
const begun = (): number =>
  readEvents(house.store, { after: 0, types: ['graph-instance-changed'] }).filter(
    ({ data }) => (JSON.parse(data) as { from: string }).from === '',
  ).length;

describe('after a restart', () => {
  it('goes on with the instances and the steps that ran', async () => {
    const graphId = run();
    house.join(roomId, 'ada');
    await runs(2);
    const before = only(graphId);
    await restart();
    await runs(2);
    await settled(() => Object.values(statesOf(only(graphId))).every((state) => state === 'running'));
    expect(only(graphId)).toMatchObject({ id: before.id, startedAt: before.startedAt });
    expect(only(graphId).nodes.map(({ stepId, attempts }) => [stepId, attempts])).toEqual(
      before.nodes.map(({ stepId }) => [stepId, 1]),
    );
    house.leave(roomId, 'ada');
    await settled(() => only(graphId).endedAt !== null);
    expect(only(graphId)).toMatchObject({ state: 'finished', reason: 'participant-left' });
    expect(stepCount()).toBe(2);
  });

  it('runs for what came while nothing took notice of it, once', async () => {
    const graphId = run();
    await restart((before) => {
      // Written by the log, and the process killed before graphs had heard of it.
      before.join(roomId, 'ada');
    });
    await runs(2);
    await restart();
    await runs(2);
    expect(only(graphId)).toMatchObject({ scopeId: 'ada', state: 'running' });
    expect({ begun: begun(), steps: stepCount() }).toEqual({ begun: 1, steps: 2 });
  });

  it('ends what lost its participant while nothing took notice of it, and starts nothing for it', async () => {
    const graphId = run();
    house.join(roomId, 'bob');
    await runs(2);
    await restart((before) => {
      before.join(roomId, 'ada');
      before.leave(roomId, 'ada');
      before.leave(roomId, 'bob');
    });
    await settled(() => instancesOf(house, graphId).every(({ endedAt }) => endedAt !== null));
    expect(instancesOf(house, graphId).map(({ scopeId, state }) => [scopeId, state])).toEqual([
      ['ada', 'finished'],
      ['bob', 'finished'],
    ]);
    expect(stepCount()).toBe(2);
  });

  it('starts what was left to be started, and nothing twice', async () => {
    house.media.hold('tap');
    const graphId = run();
    house.join(roomId, 'ada');
    await settled(() => statesOf(only(graphId))['tap'] === 'starting');
    await restart();
    await runs(2);
    expect(stepCount()).toBe(2);
    expect(only(graphId).nodes.map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('makes the attempts that were still to be made', async () => {
    const graphId = run();
    house.media.refuse('tap');
    house.join(roomId, 'ada');
    await settled(() => only(graphId).nodes[0]!.nextAttemptAt !== null);
    await restart();
    await runs(2);
    expect(only(graphId).nodes[0]).toMatchObject({ state: 'running' });
    expect(only(graphId).nodes[0]!.attempts).toBeGreaterThan(1);
  });

  it('goes on to take down what was being taken down', async () => {
    const graphId = run();
    house.join(roomId, 'ada');
    await runs(2);
    // The steps do not answer any more.
    house.media.steps.stopStep = () => new Promise(() => undefined);
    void house.graphs.stopInstance(only(graphId).id);
    await settled(() => only(graphId).state === 'stopping');
    await restart();
    await settled(() => only(graphId).endedAt !== null);
    expect(only(graphId)).toMatchObject({ state: 'cancelled', reason: 'requested' });
    expect(house.media.running()).toEqual([]);
  });

  it('is not wakened by what happened while it was disabled', async () => {
    const graphId = run();
    house.graphs.setEnabled(graphId, false);
    house.join(roomId, 'ada');
    await restart();
    house.join(roomId, 'bob');
    expect(instancesOf(house, graphId)).toEqual([]);
  });

  it('ends what cannot be taken up, since its document cannot be read, and lets the rest go on', async () => {
    const graphId = run();
    const other = house.graphs.create({ document: { ...recordWhoJoins, name: 'other' } }).graphId;
    house.join(roomId, 'ada');
    await runs(4);
    await restart(({ store }) => {
      store.run(
        store.db.updateTable('graph_revisions').set({ sealed: 'of another' }).where('graphId', '=', graphId),
      );
    });
    await settled(() => only(graphId).endedAt !== null);
    expect(only(graphId)).toMatchObject({
      state: 'failed',
      nodes: [{ state: 'cancelled' }, { state: 'cancelled' }],
    });
    expect(only(graphId).reason).toContain('another secret');
    await runs(2);
    expect(only(other).state).toBe('running');
  });

  it('completes the deletion of a graph', async () => {
    const graphId = run();
    house.join(roomId, 'ada');
    await runs(2);
    house.media.steps.stopStep = () => new Promise(() => undefined);
    void house.graphs.delete(graphId);
    await settled(() => only(graphId).state === 'stopping');
    await restart();
    await settled(() => only(graphId).endedAt !== null);
    expect(house.store.all(house.store.db.selectFrom('graphs').selectAll())).toEqual([]);
  });
});
