import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphInstance, RestartPolicy } from '../../../../runtime/contract/index.ts';
import { openHouse, type SimulatedHouse } from '../../../support/graphs/index.ts';
import { documentOf, onlyInstance, settled, statesOf } from './support/instances.ts';

let house: SimulatedHouse;
let roomId: string;
beforeEach(async () => {
  // The supervisor logs the failures that these tests are about.
  house = await openHouse({ onError: () => undefined });
  roomId = house.directory.create({}).roomId;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

/** Two steps side by side, one of them fed by a tap with a policy. */
function run(restart: RestartPolicy | undefined): string {
  const { graphId } = house.graphs.create({
    document: documentOf({
      joined: { on: 'participant-joined' },
      tap: {
        do: 'tap',
        from: 'joined',
        with: { kinds: ['audio'] },
        ...(restart === undefined ? {} : { restart }),
      },
      file: { do: 'record', from: 'tap' },
      other: { do: 'record', from: 'joined' },
    }),
  });
  house.join(roomId, 'ada');
  return graphId;
}
const instanceOf = (graphId: string): GraphInstance => onlyInstance(house, graphId);
const tapOf = (graphId: string) => instanceOf(graphId).nodes.find(({ nodeId }) => nodeId === 'tap')!;
const failure = { type: 'failure', code: 'internal', message: 'the tap broke' } as const;

describe('a step that fails', () => {
  it('lets the others go on when nothing is said, and takes down what it feeds', async () => {
    const graphId = run(undefined);
    await settled(() => house.media.running().length === 3);
    house.media.report('tap', failure);
    await settled(() => house.media.running().length === 1);
    await settled(() => statesOf(instanceOf(graphId))['file'] === 'finished');
    expect(statesOf(instanceOf(graphId))).toEqual({ tap: 'failed', other: 'running', file: 'finished' });
    expect(tapOf(graphId)).toMatchObject({ reason: 'the tap broke', attempts: 1 });
    house.leave(roomId, 'ada');
    await settled(() => instanceOf(graphId).endedAt !== null);
    expect(instanceOf(graphId)).toMatchObject({ state: 'finished', reason: 'participant-left' });
  });

  it('is started anew with what it feeds, and goes on', async () => {
    const graphId = run({ policy: 'retry', backoffMs: 100 });
    await settled(() => house.media.running().length === 3);
    const before = instanceOf(graphId).nodes.map(({ stepId }) => stepId);
    house.media.report('tap', failure);
    await settled(() => tapOf(graphId).attempts === 2 && house.media.running().length === 3);
    const after = instanceOf(graphId);
    expect(statesOf(after)).toEqual({ tap: 'running', other: 'running', file: 'running' });
    const [tap, other, file] = after.nodes.map(({ stepId }, index) => stepId === before[index]);
    expect({ tap, other, file }).toEqual({ tap: false, other: true, file: false });
    expect(house.media.told).toContain('stop record tap starts anew');
    expect(house.steps.get(after.nodes[2]!.stepId!).from).toBe(after.nodes[0]!.stepId);
  });

  it.each([
    ['before it', ['record', 'tap']],
    ['after it', ['tap', 'record']],
  ])('is started anew with what it feeds, which has failed %s', async (_when, order) => {
    const { graphId } = house.graphs.create({
      document: documentOf({
        joined: { on: 'participant-joined' },
        tap: {
          do: 'tap',
          from: 'joined',
          with: { kinds: ['audio'] },
          restart: { policy: 'retry', backoffMs: 100 },
        },
        file: { do: 'record', from: 'tap' },
      }),
    });
    house.join(roomId, 'ada');
    await settled(() => house.media.running().length === 2);
    for (const type of order) {
      house.media.report(type, failure);
    }
    await settled(() => tapOf(graphId).attempts === 2 && house.media.running().length === 2);
    expect(statesOf(instanceOf(graphId))).toEqual({ tap: 'running', file: 'running' });
  });

  it('is tried as often as its policy says, and ends the graph as failed where that is asked for', async () => {
    house.media.refuse('tap');
    const graphId = run({ policy: 'retry', limit: 2, backoffMs: 100, then: 'stop-graph' });
    await settled(() => instanceOf(graphId).endedAt !== null);
    expect(instanceOf(graphId)).toMatchObject({
      state: 'failed',
      reason: 'tap: tap cannot be started',
    });
    expect(tapOf(graphId)).toMatchObject({ state: 'failed', attempts: 3, nextAttemptAt: null });
    expect(statesOf(instanceOf(graphId))).toEqual({ tap: 'failed', other: 'finished', file: 'cancelled' });
    expect(house.media.running()).toEqual([]);
  });

  it('ends the graph as failed at once', async () => {
    const graphId = run({ policy: 'stop-graph' });
    await settled(() => house.media.running().length === 3);
    house.media.report('tap', failure);
    await settled(() => instanceOf(graphId).endedAt !== null);
    expect(instanceOf(graphId)).toMatchObject({ state: 'failed', reason: 'tap: the tap broke' });
    expect(house.media.running()).toEqual([]);
  });

  it('is not tried again once the participant is gone', async () => {
    const graphId = run({ policy: 'retry', backoffMs: 60_000 });
    await settled(() => house.media.running().length === 3);
    house.media.report('tap', failure);
    await settled(() => tapOf(graphId).nextAttemptAt !== null);
    await settled(() => statesOf(instanceOf(graphId))['file'] === 'waiting');
    expect(tapOf(graphId).state).toBe('waiting');
    house.leave(roomId, 'ada');
    await settled(() => instanceOf(graphId).endedAt !== null);
    expect(instanceOf(graphId)).toMatchObject({ state: 'finished', reason: 'participant-left' });
    expect(statesOf(instanceOf(graphId))).toEqual({
      tap: 'cancelled',
      other: 'finished',
      file: 'cancelled',
    });
  });

  it('fails an instance of which nothing else has come to its end', async () => {
    const { graphId } = house.graphs.create({
      document: documentOf({
        joined: { on: 'participant-joined' },
        file: { do: 'record', from: 'joined' },
      }),
    });
    house.media.refuse('record');
    house.join(roomId, 'ada');
    await settled(() => instanceOf(graphId).endedAt !== null);
    expect(instanceOf(graphId)).toMatchObject({
      state: 'failed',
      reason: 'file: record cannot be started',
    });
  });

  it('counts a refusal like a failure', async () => {
    const { graphId } = house.graphs.create({
      document: documentOf({
        joined: { on: 'participant-joined' },
        file: {
          do: 'record',
          from: 'joined',
          with: { participantId: '$joined.metaData.whom' },
          restart: { policy: 'retry', limit: 1, backoffMs: 100 },
        },
      }),
    });
    house.join(roomId, 'ada', { metaData: { whom: 'nobody' } });
    await settled(() => instanceOf(graphId).endedAt !== null);
    const [file] = instanceOf(graphId).nodes;
    expect(file).toMatchObject({ state: 'failed', attempts: 2, stepId: null });
    expect(file!.reason).toContain('nobody');
  });
});
