import { describe, expect, it } from 'vitest';
import type { EventNode, RoomflowEvent } from '../../../../runtime/contract/index.ts';
import { matchesEvent, scopeIdOf, scopeOf } from '../../../../runtime/graph/index.ts';

const data = {
  ...{ roomId: 'webinar-12', meetingId: 'webinar-12', sessionId: 'ses', participantId: 'ada' },
  ...{ participantName: 'Ada Lovelace', mode: 'SEND_AND_RECV', permissions: ['allow_join', 'allow_mod'] },
  metaData: { role: 'host', seats: 3, vip: true, team: null, address: { city: 'London' } },
};
const joined = {
  ...{ epoch: 'e', seq: 1, id: 'evt', type: 'participant-joined', roomId: 'webinar-12', sessionId: 'ses' },
  ...{ at: '2026-01-01T00:00:00.000Z', data },
} as RoomflowEvent;

describe('an event node takes an event', () => {
  it.each<[EventNode['where'], boolean]>([
    [undefined, true],
    [{}, true],
    [{ participantName: 'Ada Lovelace' }, true],
    [{ participantName: 'ada lovelace' }, false],
    [{ participantName: 'Ada*' }, true],
    [{ participantName: '*love*' }, false],
    [{ participantName: '*Love*' }, true],
    [{ participantName: '*a*a*' }, true],
    [{ participantName: '*a*a*a*' }, false],
    [{ participantName: 'Ada*Ada' }, false],
    [{ participantName: 'Ada Lovelace*Lovelace' }, false],
    [{ participantName: '*' }, true],
    [{ participantName: '' }, false],
    [{ participantName: ['Bob', 'Ada*'] }, true],
    [{ participantName: ['Bob', 'Eve'] }, false],
    [{ roomId: 'webinar-*', mode: 'SEND_AND_RECV' }, true],
    [{ roomId: 'webinar-*', mode: 'RECV_ONLY' }, false],
    [{ permissions: 'allow_mod' }, true],
    [{ permissions: 'ask_join' }, false],
    [{ permissions: ['ask_join', 'allow_mod'] }, true],
    [{ metaData: { role: 'host' } }, true],
    [{ metaData: { role: 'host', seats: 4 } }, false],
    [{ metaData: { seats: 3, vip: true } }, true],
    [{ metaData: { seats: '3' } }, false],
    [{ metaData: { team: null } }, true],
    [{ metaData: { absent: null } }, true],
    [{ metaData: { address: { city: 'Lon*' } } }, true],
    [{ metaData: { constructor: '*' } }, false],
    [{ metaData: { address: 'London' } }, false],
    [{ metaData: {} }, true],
  ])('where %j: %s', (where, expected) => {
    const node: EventNode = { on: 'participant-joined', ...(where === undefined ? {} : { where }) };
    expect(matchesEvent(node, joined)).toBe(expected);
  });

  it('of its own type only', () => {
    expect(matchesEvent({ on: 'participant-left' }, joined)).toBe(false);
  });

  // By trying one star after the other this would take longer than any test may.
  it('by a pattern in no time, however many stars a stranger has put into it', () => {
    const long = { ...joined, data: { ...data, participantName: 'a'.repeat(100_000) } } as RoomflowEvent;
    expect(
      matchesEvent({ on: 'participant-joined', where: { participantName: `${'*a'.repeat(499)}b` } }, long),
    ).toBe(false);
    expect(
      matchesEvent({ on: 'participant-joined', where: { participantName: `${'*a'.repeat(499)}*b*` } }, long),
    ).toBe(false);
  });
});

describe('a condition on a list', () => {
  const joinedWith = (metaData: unknown): RoomflowEvent =>
    ({ ...joined, data: { ...data, metaData } }) as RoomflowEvent;
  const hosts: EventNode = { on: 'participant-joined', where: { metaData: { role: 'host' } } };

  it('holds of one of its items, and is not asked of lists within it', () => {
    expect(matchesEvent(hosts, joinedWith({ role: ['guest', 'host'] }))).toBe(true);
    expect(matchesEvent(hosts, joinedWith([{ role: 'host' }]))).toBe(true);
    expect(matchesEvent(hosts, joinedWith({ role: [['host']] }))).toBe(false);
  });

  it('is answered however deep the lists of a stranger lie', () => {
    let role: unknown = 'host';
    for (let depth = 0; depth < 100_000; depth += 1) {
      role = [role];
    }
    expect(matchesEvent(hosts, joinedWith({ role }))).toBe(false);
  });
});

describe('the scope of an event node', () => {
  it.each([
    ['participant-joined', 'participant', 'ada'],
    ['hand-raised', 'participant', 'ada'],
    ['track-published', 'track', null],
    ['session-started', 'session', 'ses'],
    ['message-sent', 'session', 'ses'],
    ['room-created', 'room', 'webinar-12'],
  ] as const)('on %s is the %s, when the document says nothing', (on, scope, id) => {
    expect(scopeOf({ on })).toBe(scope);
    expect(scopeIdOf(scope, joined)).toBe(id);
  });

  it('is what the document says', () => {
    expect(scopeOf({ on: 'participant-joined', scope: 'room' })).toBe('room');
  });
});
