import { describe, expect, it } from 'vitest';
import { decideAdmission } from '../../../runtime/rooms/admission.ts';
import { requireMode } from '../../../runtime/rooms/tokens/index.ts';
import { refusal } from './support/refusal.ts';

const room = { roomId: 'room', disabled: false };
const places = { sort: 'participants', taken: 0, capacity: 2 } as const;

describe('at the door', () => {
  it('whoever may join enters and whoever must ask knocks', () => {
    expect(decideAdmission({ room, permissions: ['allow_join'], places })).toBe('enter');
    expect(decideAdmission({ room, permissions: ['ask_join'], places })).toBe('knock');
  });

  it.each(['participants', 'viewers'] as const)('nobody enters who is one too many of the %s', (sort) => {
    const full = { sort, taken: 2, capacity: 2 };
    expect(refusal(() => decideAdmission({ room, permissions: ['allow_join'], places: full }))).toMatchObject(
      { code: 'room-full' },
    );
    expect(
      refusal(() => decideAdmission({ room, permissions: ['allow_join'], places: full })).message,
    ).toContain(`2 ${sort}`);
  });

  it('nobody enters a closed room', () => {
    const closed = { ...room, disabled: true };
    expect(
      refusal(() => decideAdmission({ room: closed, permissions: ['allow_join'], places })),
    ).toMatchObject({ code: 'room-closed' });
  });
});

describe('the mode', () => {
  const viewer = {
    kind: 'token' as const,
    claims: { apikey: 'key', permissions: ['allow_join' as const], mode: 'SIGNALLING_ONLY' as const },
  };

  it('is the one asked for, or to send and receive', () => {
    expect(requireMode({ kind: 'server' }, 'RECV_ONLY')).toBe('RECV_ONLY');
    expect(requireMode({ kind: 'server' }, undefined)).toBe('SEND_AND_RECV');
  });

  it('is that of the token, which joins in no other', () => {
    expect(requireMode(viewer, undefined)).toBe('SIGNALLING_ONLY');
    expect(requireMode(viewer, 'SIGNALLING_ONLY')).toBe('SIGNALLING_ONLY');
    expect(refusal(() => requireMode(viewer, 'SEND_AND_RECV'))).toMatchObject({
      code: 'unauthorized-request',
    });
  });
});
