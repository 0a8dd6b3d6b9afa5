import { describe, expect, it } from 'vitest';
import type { GraphScope, RoomflowEvent } from '../../../../runtime/contract/index.ts';
import {
  endsScope,
  isWithinScope,
  scopeKeyOf,
  type StandsFor,
} from '../../../../runtime/graph/instances/scope-of-instance.ts';

const standsFor = (scope: GraphScope, scopeId: string, more: Partial<StandsFor> = {}): StandsFor => ({
  roomId: 'room',
  sessionId: 'session',
  scope,
  scopeId,
  eventData: {},
  ...more,
});
const all = {
  room: standsFor('room', 'room'),
  session: standsFor('session', 'session'),
  participant: standsFor('participant', 'ada'),
  track: standsFor('track', 'trk', { eventData: { participantId: 'ada' } }),
};
const event = (type: string, data: object = {}, sessionId: string | null = 'session'): RoomflowEvent =>
  ({ type, roomId: 'room', sessionId, data }) as unknown as RoomflowEvent;
const which = (holds: (instance: StandsFor) => boolean): string[] =>
  Object.entries(all).flatMap(([name, instance]) => (holds(instance) ? [name] : []));

describe('what an event is the end of', () => {
  it.each([
    ['room-closed', {}, null, ['room', 'session', 'participant', 'track']],
    ['session-ended', {}, 'session', ['session', 'participant', 'track']],
    ['participant-left', { participantId: 'ada' }, 'session', ['participant']],
    ['participant-left', { participantId: 'bob' }, 'session', []],
    ['participant-left', { participantId: 'ada' }, 'another', []],
    ['track-unpublished', { participantId: 'ada', trackId: 'trk' }, 'session', ['track']],
    ['track-unpublished', { participantId: 'ada', trackId: 'other' }, 'session', []],
    ['track-muted', { participantId: 'ada', trackId: 'trk' }, 'session', []],
  ])('%s %j in %s ends %j', (type, data, sessionId, ended) => {
    expect(which((instance) => endsScope(instance, event(type, data, sessionId)))).toEqual(ended);
  });

  it('is nothing in other rooms', () => {
    const elsewhere = { ...event('room-closed', {}, null), roomId: 'other' };
    expect(which((instance) => endsScope(instance, elsewhere))).toEqual([]);
  });
});

describe('whom an event can be about', () => {
  it.each([
    ['hand-raised', { participantId: 'ada' }, 'session', ['room', 'session', 'participant', 'track']],
    ['hand-raised', { participantId: 'bob' }, 'session', ['room', 'session']],
    ['hand-raised', { participantId: 'ada' }, 'another', ['room']],
    ['poll-closed', {}, 'session', ['room', 'session', 'participant', 'track']],
    [
      'track-muted',
      { participantId: 'ada', trackId: 'trk' },
      'session',
      ['room', 'session', 'participant', 'track'],
    ],
    [
      'track-muted',
      { participantId: 'ada', trackId: 'other' },
      'session',
      ['room', 'session', 'participant'],
    ],
  ])('%s %j in %s: %j', (type, data, sessionId, concerned) => {
    expect(which((instance) => isWithinScope(instance, event(type, data, sessionId)))).toEqual(concerned);
  });
});

it('tells the same participant id in two sessions apart, and takes a room for one across its sessions', () => {
  const keys = (scope: GraphScope): string[] =>
    ['one', 'two'].map((sessionId) => scopeKeyOf({ ...all.participant, scope, sessionId }));
  expect(new Set(keys('participant')).size).toBe(2);
  expect(new Set(keys('room')).size).toBe(1);
});
