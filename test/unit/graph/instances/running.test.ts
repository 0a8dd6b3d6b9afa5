import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphDocument, GraphInstance } from '../../../../runtime/contract/index.ts';
import { silentConnection } from '../../../../runtime/rooms/index.ts';
import { readEvents } from '../../../../runtime/store/index.ts';
import { openHouse, type SimulatedHouse } from '../../../support/graphs/index.ts';
import { documentOf, instancesOf, onlyInstance, settled, statesOf } from './support/instances.ts';

let house: SimulatedHouse;
let roomId: string;
beforeEach(async () => {
  house = await openHouse();
  roomId = house.directory.create({}).roomId;
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const joinedTapFile = documentOf({
  joined: { on: 'participant-joined' },
  tap: { do: 'tap', from: 'joined', with: { kinds: ['audio'] } },
  file: { do: 'record', from: 'tap' },
});
const composeAndShow = documentOf({
  began: { on: 'session-started' },
  picture: { do: 'compose', from: 'began', with: {} },
  stream: { do: 'hls', from: 'picture', with: {} },
});
const run = (document: GraphDocument, more: object = {}): string =>
  house.graphs.create({ document, ...more }).graphId;
const only = (graphId: string): GraphInstance => onlyInstance(house, graphId);
const running = (): string[] =>
  house.media.running().map(({ type, params }) => `${type} of ${String(params['participantId'])}`);
const runs = (count: number): Promise<void> => settled(() => house.media.running().length === count);
const ended = (graphId: string): Promise<void> =>
  settled(() => instancesOf(house, graphId).every(({ endedAt }) => endedAt !== null));

describe('an instance', () => {
  it('runs for each participant, and ends when that participant leaves', async () => {
    const graphId = run(joinedTapFile);
    house.join(roomId, 'ada');
    house.join(roomId, 'bob');
    await runs(4);
    expect(running().sort()).toEqual(['record of ada', 'record of bob', 'tap of ada', 'tap of bob']);
    house.leave(roomId, 'ada');
    await runs(2);
    await settled(() => instancesOf(house, graphId).some(({ endedAt }) => endedAt !== null));
    expect(instancesOf(house, graphId).map(({ scopeId, state, reason }) => [scopeId, state, reason])).toEqual(
      [
        ['bob', 'running', 'participant-joined'],
        ['ada', 'finished', 'participant-left'],
      ],
    );
    expect(running()).toEqual(['tap of bob', 'record of bob']);
  });

  it('runs anew for whoever comes back, or is replaced, while what ran before is still ending', async () => {
    const graphId = run(joinedTapFile);
    house.join(roomId, 'bob');
    house.join(roomId, 'ada');
    await runs(4);
    // From another device: gone and there again in one turn.
    house.join(roomId, 'ada');
    await settled(() => instancesOf(house, graphId).some(({ endedAt }) => endedAt !== null));
    await runs(4);
    expect(instancesOf(house, graphId).map(({ scopeId, state }) => [scopeId, state])).toEqual([
      ['ada', 'running'],
      ['ada', 'finished'],
      ['bob', 'running'],
    ]);
    expect(running().sort()).toEqual(['record of ada', 'record of bob', 'tap of ada', 'tap of bob']);
  });

  it('starts what feeds first, what is fed once that runs, and stops them the other way round', async () => {
    house.media.hold('tap');
    const graphId = run(joinedTapFile);
    house.join(roomId, 'ada');
    await settled(() => house.media.told.length === 1);
    expect(statesOf(only(graphId))).toEqual({ tap: 'starting', file: 'waiting' });
    house.media.release();
    await runs(2);
    await house.graphs.stopInstance(only(graphId).id);
    expect(house.media.told).toEqual([
      'start tap',
      'start record',
      'stop record requested',
      'stop tap requested',
    ]);
    expect(only(graphId)).toMatchObject({ state: 'cancelled', reason: 'requested' });
  });

  it('runs one for the session, in each room, and ends with the session', async () => {
    const other = house.directory.create({}).roomId;
    const graphId = run(composeAndShow);
    house.join(roomId, 'ada');
    house.join(other, 'ada');
    await runs(4);
    expect(new Set(instancesOf(house, graphId).map((instance) => instance.roomId))).toEqual(
      new Set([roomId, other]),
    );
    house.leave(roomId, 'ada');
    house.leave(other, 'ada');
    await ended(graphId);
    expect(instancesOf(house, graphId).map(({ state }) => state)).toEqual(['finished', 'finished']);
    expect(running()).toEqual([]);
  });

  it('runs for a track, and ends when the track is gone', async () => {
    const graphId = run(
      documentOf({
        published: { on: 'track-published', where: { kind: 'audio' } },
        file: {
          do: 'record',
          from: 'published',
          with: { participantId: '$published.participantId', kind: '$published.kind' },
        },
      }),
    );
    house.join(roomId, 'ada');
    await house.publish(roomId, 'ada', 'video');
    const trackId = await house.publish(roomId, 'ada', 'audio');
    await runs(1);
    expect(only(graphId)).toMatchObject({ scope: 'track', scopeId: trackId });
    expect(house.media.running()[0]!.params).toEqual({ participantId: 'ada', kind: 'audio' });
    const { sessionId } = only(graphId);
    house.media.tell({
      type: 'track-removed',
      ...{ sessionId: sessionId!, participantId: 'ada', trackId, kind: 'audio' },
    });
    await ended(graphId);
    expect(only(graphId)).toMatchObject({ state: 'finished', reason: 'track-unpublished' });
  });

  it('ends by itself when its steps have ended', async () => {
    const graphId = run(joinedTapFile);
    house.join(roomId, 'ada');
    await runs(2);
    house.media.report('record', { type: 'ended', reason: 'enough' });
    house.media.report('tap', { type: 'ended', reason: 'enough' });
    await ended(graphId);
    expect(only(graphId)).toMatchObject({ state: 'finished', reason: 'steps-ended' });
  });

  it('takes down what a step feeds when that step is stopped by hand', async () => {
    const graphId = run(joinedTapFile);
    house.join(roomId, 'ada');
    await runs(2);
    await house.steps.stop(only(graphId).nodes[0]!.stepId!);
    await ended(graphId);
    expect(house.media.told.slice(2)).toEqual(['stop tap requested', 'stop record tap has ended']);
  });

  it('is not doubled by a second event for the same while it lives', async () => {
    const graphId = run(
      documentOf({
        spoke: { on: 'reaction-sent', scope: 'session' },
        stream: { do: 'hls', from: 'spoke', with: {} },
      }),
    );
    const ada = house.join(roomId, 'ada');
    const session = house.rooms.requireSession(roomId);
    const react = (): void => {
      house.events.append('reaction-sent', {
        roomId,
        sessionId: session.sessionId,
        data: { participantId: ada.participantId, participantName: ada.name, reaction: 'heart' },
      });
    };
    react();
    react();
    await runs(1);
    expect(instancesOf(house, graphId)).toHaveLength(1);
    await house.graphs.stopInstance(only(graphId).id);
    react();
    await runs(1);
    expect(instancesOf(house, graphId)).toHaveLength(2);
  });

  it('stays out of a session that it is not for', async () => {
    const graphId = run(
      documentOf({
        left: { on: 'participant-left', scope: 'session' },
        stream: { do: 'hls', from: 'left', with: {} },
      }),
    );
    house.join(roomId, 'ada');
    house.leave(roomId, 'ada');
    await ended(graphId);
    expect(house.rooms.sessions()).toEqual([]);
    expect(house.media.told).toEqual([]);
  });

  it('tells of its life in the event log', async () => {
    const graphId = run(joinedTapFile);
    house.join(roomId, 'ada');
    await runs(2);
    house.leave(roomId, 'ada');
    await ended(graphId);
    const changes = readEvents(house.store, { after: 0, types: ['graph-instance-changed'] }).map(
      ({ data }) => {
        const { from, to, reason } = JSON.parse(data) as Record<string, string>;
        return [from, to, reason];
      },
    );
    expect(changes).toEqual([
      ['', 'running', 'participant-joined'],
      ['running', 'stopping', 'participant-left'],
      ['stopping', 'finished', 'participant-left'],
    ]);
  });
});

describe('conditions and references', () => {
  it('start for events that fit, with what these have told', async () => {
    run(
      documentOf({
        joined: { on: 'participant-joined', where: { metaData: { role: 'host' }, participantName: 'A*' } },
        file: { do: 'record', from: 'joined', with: { metadata: '$joined.metaData', fileFormat: 'webm' } },
      }),
    );
    house.join(roomId, 'ada', { name: 'Ada', metaData: { role: 'host' } });
    house.join(roomId, 'bob', { name: 'Bob', metaData: { role: 'host' } });
    house.join(roomId, 'amy', { name: 'Amy', metaData: { role: 'guest' } });
    await runs(1);
    expect(house.media.running()[0]!.params).toEqual({
      participantId: 'ada',
      metadata: { role: 'host' },
      fileFormat: 'webm',
    });
  });

  it('run in the room that a graph is for, and in no other', async () => {
    const other = house.directory.create({}).roomId;
    const graphId = run(joinedTapFile, { roomId });
    house.join(other, 'bob');
    house.join(roomId, 'ada');
    await runs(2);
    expect(only(graphId).roomId).toBe(roomId);
  });
});

describe('a graph that speaks', () => {
  it('does not answer to those by whom it speaks', () => {
    const graphId = run(
      documentOf({
        joined: { on: 'participant-joined' },
        hello: { do: 'play', from: 'joined', with: { text: 'Welcome.' } },
      }),
    );
    house.join(roomId, 'ada');
    house.rooms.requireSession(roomId).admit({
      ...{ participantId: 'host', name: 'Host', mode: 'SEND_AND_RECV', metaData: null, permissions: [] },
      ...{ connection: silentConnection('simulated'), knocks: false, isServerSide: true },
    });
    expect(onlyInstance(house, graphId).scopeId).toBe('ada');
  });
});

describe('until', () => {
  it('ends the step that names it, with what it feeds, and leaves the others running', async () => {
    const graphId = run(
      documentOf({
        joined: { on: 'participant-joined' },
        raised: { on: 'hand-raised' },
        tap: { do: 'tap', from: 'joined', with: { kinds: ['audio'] }, until: 'raised' },
        file: { do: 'record', from: 'tap' },
        always: { do: 'record', from: 'joined' },
      }),
    );
    const people = ['ada', 'bob'].map((id) => house.join(roomId, id));
    await runs(6);
    const { sessionId } = house.rooms.requireSession(roomId);
    house.events.append('hand-raised', {
      ...{ roomId, sessionId },
      data: { participantId: 'ada', participantName: people[0]!.name },
    });
    await runs(4);
    expect(house.media.told.slice(6)).toEqual(['stop record hand-raised', 'stop tap hand-raised']);
    await settled(() => statesOf(instancesOf(house, graphId)[1]!)['tap'] === 'finished');
    const [ofBob, ofAda] = instancesOf(house, graphId);
    expect(statesOf(ofAda!)).toEqual({ tap: 'finished', always: 'running', file: 'finished' });
    expect(statesOf(ofBob!)).toEqual({ tap: 'running', always: 'running', file: 'running' });
  });
});
