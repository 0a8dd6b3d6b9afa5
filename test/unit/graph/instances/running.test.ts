import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphDocument, GraphInstance } from '../../../../runtime/contract/index.ts';
import { openHouse, type SimulatedHouse } from '../../../support/graphs/index.ts';
import { instancesOf, settled } from './support/instances.ts';

let house: SimulatedHouse;
let roomId: string;
beforeEach(async () => {
  house = await openHouse();
  roomId = house.directory.create({}).roomId;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const document = (nodes: GraphDocument['nodes'], name = 'graph'): GraphDocument => ({
  version: 1,
  name,
  nodes,
});
const recordEveryone = document({
  joined: { on: 'participant-joined' },
  tap: { do: 'tap', from: 'joined', with: { kinds: ['audio'] } },
  file: { do: 'record', from: 'tap' },
});

const states = ({ nodes }: GraphInstance): Record<string, string> =>
  Object.fromEntries(nodes.map(({ nodeId, state }) => [nodeId, state]));
const only = (graphId: string): GraphInstance => {
  const [instance, ...others] = instancesOf(house, graphId);
  expect(others).toEqual([]);
  return instance!;
};

describe('a graph', () => {
  it('runs an instance for each participant, and ends it when the participant leaves', async () => {
    const { id } = house.graphs.create({ document: recordEveryone });
    house.join(roomId, 'ada');
    house.join(roomId, 'bob');
    await settled(() => house.media.running().length === 4);
    expect(house.media.running().map(({ type, params }) => [type, params['participantId']])).toEqual([
      ['tap', 'ada'],
      ['tap', 'bob'],
      ['record', 'ada'],
      ['record', 'bob'],
    ]);
    house.leave(roomId, 'ada');
    await settled(() => instancesOf(house, id).some(({ state }) => state === 'finished'));
    expect(instancesOf(house, id).map(({ scopeId, state, reason }) => [scopeId, state, reason])).toEqual([
      ['bob', 'running', 'participant-joined'],
      ['ada', 'finished', 'participant-left'],
    ]);
    expect(house.media.running().map(({ params }) => params['participantId'])).toEqual(['bob', 'bob']);
  });

  it('starts what feeds first, what is fed once that runs, and stops them the other way round', async () => {
    const { id } = house.graphs.create({ document: recordEveryone });
    house.media.hold('tap');
    house.join(roomId, 'ada');
    await settled(() => house.media.told.length === 1);
    expect(states(only(id))).toEqual({ tap: 'starting', file: 'waiting' });
    house.media.release();
    await settled(() => house.media.running().length === 2);
    await house.graphs.stopInstance(only(id).id);
    expect(house.media.told).toEqual([
      'start tap',
      'start record',
      'stop record requested',
      'stop tap requested',
    ]);
    expect(only(id)).toMatchObject({ state: 'cancelled', reason: 'requested' });
  });
});
