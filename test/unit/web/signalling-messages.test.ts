import { describe, expect, it } from 'vitest';

import { closeCodes, RoomflowError } from '../../../runtime/contract/index.ts';
import { closeError } from '../../../runtime/web/client/close-reason.ts';
import { readErrorBody, readServerMessage } from '../../../runtime/web/client/server-message.ts';
import { signallingUrl } from '../../../runtime/web/client/signalling-url.ts';
import { readTokenClaims } from '../../../runtime/web/client/token-claims.ts';

describe('a message of the runtime', () => {
  it('is a reply, a refusal or an event', () => {
    expect(readServerMessage('{"id":1,"data":{"a":1}}')).toEqual({ type: 'reply', id: 1, data: { a: 1 } });
    const error = new RoomflowError('room-full', 'Full.').toBody();
    expect(readServerMessage(JSON.stringify({ id: 2, error }))).toEqual({ type: 'error', id: 2, error });
    expect(readServerMessage('{"event":"speaker-changed","data":{"participantId":null}}')).toEqual({
      type: 'event',
      notification: { event: 'speaker-changed', data: { participantId: null } },
    });
  });

  it.each([
    '',
    'no json',
    '[]',
    'null',
    '{}',
    '{"event":"from-the-future","data":{}}',
    '{"event":"removed"}',
  ])('that is not understood is passed over: %j', (text) => {
    expect(readServerMessage(text)).toBeNull();
  });

  it('holds the reason when a call over HTTP was refused', () => {
    const body = new RoomflowError('expired-token', 'Too late.').toBody();
    expect(readErrorBody(JSON.stringify(body))).toEqual(body);
    expect(readErrorBody('<html>Bad gateway</html>')).toBeNull();
  });
});

describe('a closed socket', () => {
  it('is a lasting error for the contract’s own codes', () => {
    expect(closeError(closeCodes.badToken, '')).toMatchObject({ code: 'invalid-token' });
    expect(closeError(closeCodes.forbidden, '')).toMatchObject({ code: 'invalid-permissions' });
    expect(closeError(closeCodes.notFound, '')).toMatchObject({ code: 'room-not-found' });
    expect(closeError(closeCodes.replaced, '')).toMatchObject({ code: 'participant-replaced' });
  });

  it('names the precise code when the reason holds one', () => {
    expect(closeError(closeCodes.badToken, 'expired-token')).toMatchObject({ code: 'expired-token' });
    expect(closeError(closeCodes.notFound, 'room-closed: The room is closed.')).toMatchObject({
      code: 'room-closed',
      message: 'The room is closed.',
    });
  });

  it.each([1000, 1001, 1005, 1006, 1011])('with %i is a loss to come back from', (code) => {
    expect(closeError(code, '')).toBeNull();
  });
});

describe('a join link', () => {
  const tokenWith = (claims: object): string =>
    `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

  it('suggests the name its token holds, whatever its script', () => {
    expect(readTokenClaims(tokenWith({ name: 'Zoë 李' }))).toMatchObject({ name: 'Zoë 李' });
  });

  it.each(['', 'abc', 'a.b.c', 'a.%%%.c', `a.${Buffer.from('"text"').toString('base64url')}.c`])(
    'with an unreadable token suggests nothing: %j',
    (token) => {
      expect(readTokenClaims(token)).toEqual({});
    },
  );

  it('leads to the signalling address of its own host, secure where the page is', () => {
    expect(signallingUrl('https://meet.example/join/a?token=x', 'a', 'x y')).toBe(
      'wss://meet.example/v2/rooms/a/signal?token=x+y',
    );
    expect(signallingUrl('http://127.0.0.1:7890/join/a', 'a', 't')).toBe(
      'ws://127.0.0.1:7890/v2/rooms/a/signal?token=t',
    );
  });
});
