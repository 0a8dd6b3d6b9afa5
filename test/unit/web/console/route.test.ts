import { describe, expect, it } from 'vitest';
import { hashOf, routeOf, type Route } from '../../../../runtime/web/console/route.ts';

describe('places of the console', () => {
  it.each<[string, Route]>([
    ['#/rooms', { page: 'rooms' }],
    ['#/rooms/abcd-efgh-ijkl', { page: 'room', roomId: 'abcd-efgh-ijkl' }],
    ['#/sessions/s%2F1', { page: 'session', sessionId: 's/1' }],
    ['#/graphs', { page: 'graphs' }],
    ['#/graphs/g1', { page: 'graph', graphId: 'g1' }],
    ['#/recordings', { page: 'recordings' }],
    ['#/recordings/r1', { page: 'recording', recordingId: 'r1' }],
    ['#/events', { page: 'events' }],
    ['#/health', { page: 'health' }],
  ])('%s is an address that can be linked to and opened', (hash, route) => {
    expect(routeOf(hash)).toEqual(route);
    expect(hashOf(route)).toBe(hash);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/sessions', '#/sessions/'])(
    'leads from “%s” to the rooms',
    (hash) => {
      expect(routeOf(hash)).toEqual({ page: 'rooms' });
    },
  );

  it('opens an address that was cut off in the middle of an escape', () => {
    expect(routeOf('#/rooms/caf%C3')).toEqual({ page: 'room', roomId: 'caf%C3' });
  });
});
