import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { RoomflowError, type TokenClaims } from '../../../runtime/contract/index.ts';
import {
  requireJoin,
  requireRest,
  signFileQuery,
  signToken,
  verifyFileQuery,
  verifyToken,
  type Principal,
} from '../../../runtime/rooms/tokens/index.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const keys = {
  apiKey: 'our-key',
  secret: 'a secret that is long enough to sign',
  serverKey: 'rf_server-key',
  now: () => nowMs,
};
const refused = (code: string): unknown => expect.objectContaining({ code });
const token = (claims: Partial<TokenClaims>): Principal => ({
  kind: 'token',
  claims: { apikey: 'our-key', permissions: ['allow_join'], ...claims },
});
const room = { id: 'abcd-efgh-ijkl', customRoomId: 'weekly', allowedParticipantIds: null };

describe('verifyToken', () => {
  it.each(['', 'Bearer ', 'bearer '])('takes a token after "%s"', async (scheme) => {
    const signed = await signToken({ permissions: ['allow_join'], roomId: room.id }, 60, keys);
    expect(await verifyToken(`${scheme}${signed}`, keys)).toMatchObject({
      kind: 'token',
      claims: { apikey: 'our-key', version: 2, permissions: ['allow_join'], roomId: room.id },
    });
  });

  it('knows the server key', async () => {
    expect(await verifyToken('Bearer rf_server-key', keys)).toEqual({ kind: 'server' });
  });

  it.each([undefined, '', 'Bearer '])('asks for a credential when there is none (%s)', async (header) => {
    await expect(verifyToken(header, keys)).rejects.toThrow(refused('missing-token'));
  });

  it('refuses what is neither key nor token', async () => {
    await expect(verifyToken('rf_server-kez', keys)).rejects.toThrow(refused('invalid-token'));
  });

  it('refuses a token after its expiry, and says when that was', async () => {
    const signed = await signToken({ permissions: ['allow_join'] }, 60, keys);
    const later = { ...keys, now: () => nowMs + 61_000 };
    await expect(verifyToken(signed, later)).rejects.toThrow(refused('expired-token'));
    await expect(verifyToken(signed, later)).rejects.toThrow('2026-01-01T00:01:00.000Z');
  });

  it('tells a token of another project from a forged one', async () => {
    const foreign = await signToken({ permissions: ['allow_join'] }, 60, { ...keys, apiKey: 'theirs' });
    await expect(verifyToken(foreign, keys)).rejects.toThrow(refused('foreign-token'));
    const forged = await signToken({ permissions: ['allow_join'] }, 60, {
      ...keys,
      secret: 'a guessed secret',
    });
    await expect(verifyToken(forged, keys)).rejects.toThrow(refused('invalid-token'));
  });

  it('refuses other algorithms than HS256, above all none', async () => {
    const claims = { apikey: 'our-key', permissions: ['allow_mod'] };
    const unsigned = new UnsecuredJWT(claims).encode();
    await expect(verifyToken(unsigned, keys)).rejects.toThrow(refused('invalid-token'));
    const other = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS512' })
      .sign(new TextEncoder().encode(keys.secret));
    await expect(verifyToken(other, keys)).rejects.toThrow(refused('invalid-token'));
  });

  it('refuses claims that are not VideoSDK’s, with a pointer to each', async () => {
    const odd = await new SignJWT({ apikey: 'our-key', permissions: ['allow_all'], roomId: '../etc' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(keys.secret));
    const error = RoomflowError.from(await verifyToken(odd, keys).catch((thrown: unknown) => thrown));
    expect(error.code).toBe('invalid-token');
    expect(new Set(error.details?.map(({ pointer }) => pointer))).toEqual(
      new Set(['/permissions/0', '/roomId']),
    );
  });

  it.each([['allow_join'], ['allow_mod']] as const)(
    'refuses ask_join together with %s as VideoSDK does (4008)',
    async (other) => {
      const signed = await signToken({ permissions: ['ask_join', other] }, 60, keys);
      const error: unknown = await verifyToken(signed, keys).catch((thrown: unknown) => thrown);
      expect(RoomflowError.from(error).toBody()).toMatchObject({
        code: 'invalid-permissions',
        statusCode: 403,
        errorCode: 4008,
      });
    },
  );
});

describe('requireRest', () => {
  it('lets the server key do everything', () => {
    expect(() => requireRest({ kind: 'server' }, 'moderate', null)).not.toThrow();
  });

  it('refuses rtc tokens, whatever their permissions', () => {
    const guest = token({ roles: ['rtc'], permissions: ['allow_join', 'allow_mod'] });
    expect(() => requireRest(guest, 'validate', room)).toThrow(refused('unauthorized-role'));
  });

  it('lets crawler tokens act without permissions of their own', () => {
    expect(() => requireRest(token({ roles: ['crawler'] }), 'moderate', room)).not.toThrow();
  });

  it('lets tokens without a role read and write, and moderate only with allow_mod', () => {
    expect(() => requireRest(token({}), 'write', null)).not.toThrow();
    expect(() => requireRest(token({}), 'moderate', room)).toThrow(refused('unauthorized-request'));
    expect(() => requireRest(token({ permissions: ['allow_mod'] }), 'moderate', room)).not.toThrow();
  });

  it('lets those who must knock ask for nothing but whether the room is there', () => {
    const knocking = token({ permissions: ['ask_join'] });
    expect(() => requireRest(knocking, 'validate', room)).not.toThrow();
    expect(() => requireRest(knocking, 'read', room)).toThrow(refused('unauthorized-request'));
  });

  it('keeps a token bound to a room to that room, under either of its names', () => {
    expect(() => requireRest(token({ roomId: room.id }), 'read', room)).not.toThrow();
    expect(() => requireRest(token({ roomId: 'weekly' }), 'read', room)).not.toThrow();
    expect(() => requireRest(token({ roomId: 'other' }), 'read', room)).toThrow(refused('unauthorized-room'));
    expect(() => requireRest(token({ roomId: room.id }), 'read', null)).toThrow(refused('unauthorized-room'));
  });
});

describe('requireJoin', () => {
  it('gives the permissions of the token, and its participant id when none is asked for', () => {
    const bound = token({ participantId: 'ada', permissions: ['ask_join'] });
    expect(requireJoin(bound, room, null)).toEqual({ permissions: ['ask_join'], participantId: 'ada' });
  });

  it('refuses another room, another participant and crawler tokens', () => {
    expect(() => requireJoin(token({ roomId: 'other' }), room, null)).toThrow(refused('unauthorized-room'));
    expect(() => requireJoin(token({ participantId: 'ada' }), room, 'bob')).toThrow(
      refused('unauthorized-participant'),
    );
    expect(() => requireJoin(token({ roles: ['crawler'] }), room, null)).toThrow(
      refused('unauthorized-role'),
    );
  });

  it('lets only the named participants into a room that names them', () => {
    const closed = { ...room, allowedParticipantIds: ['ada'] };
    expect(requireJoin(token({}), closed, 'ada').participantId).toBe('ada');
    expect(() => requireJoin(token({}), closed, 'bob')).toThrow(refused('unauthorized-participant'));
    expect(() => requireJoin(token({}), closed, null)).toThrow(refused('unauthorized-participant'));
  });
});

describe('signed file links', () => {
  const query = (fileId: string, expiresAtMs: number): { expires: string; signature: string } => {
    const parsed = new URLSearchParams(signFileQuery(fileId, expiresAtMs, keys.secret));
    return { expires: parsed.get('expires') ?? '', signature: parsed.get('signature') ?? '' };
  };

  it('open the file they were made for until they expire', () => {
    const link = query('file-1', nowMs + 60_000);
    expect(() => verifyFileQuery('file-1', link, keys.secret, nowMs)).not.toThrow();
    expect(() => verifyFileQuery('file-1', link, keys.secret, nowMs + 60_000)).toThrow(
      refused('expired-token'),
    );
  });

  it('open no other file, cannot be prolonged, and are of this runtime only', () => {
    const link = query('file-1', nowMs + 60_000);
    const prolonged = { ...link, expires: '9999999999' };
    expect(() => verifyFileQuery('file-2', link, keys.secret, nowMs)).toThrow(refused('invalid-token'));
    expect(() => verifyFileQuery('file-1', prolonged, keys.secret, nowMs)).toThrow(refused('invalid-token'));
    expect(() => verifyFileQuery('file-1', link, 'another secret', nowMs)).toThrow(refused('invalid-token'));
  });
});
