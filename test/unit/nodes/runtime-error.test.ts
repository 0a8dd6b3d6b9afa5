import type { INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { errorCodes, RoomflowError } from '../../../runtime/contract/index.ts';
import {
  errorOfAnswer,
  errorOfBaseUrl,
  errorOfSilence,
  isConfigurationError,
  toNodeError,
} from '../../../nodes/shared/transport/index.ts';

const baseUrl = 'http://127.0.0.1:7890';
const node: INode = {
  id: '1',
  name: 'Record',
  type: 'n8n-nodes-roomflow.record',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
};
const refusal = (code: RoomflowError['code'], message: string) => {
  const error = new RoomflowError(code, message);
  return errorOfAnswer(error.status, error.toBody(), baseUrl);
};

describe('what a person reads when the runtime refuses', () => {
  it('is a short title, with the runtime’s own words and what to do below it', () => {
    const error = toNodeError(node, refusal('room-not-found', 'There is no room "abc".'), 2);
    expect(error.message).toBe('There is no such room');
    expect(error.description).toBe(
      'There is no room "abc". Pick a room from the list, or make one with the Create Room node.',
    );
    expect(error.context).toMatchObject({ itemIndex: 2 });
  });

  it('names the values that were not accepted', () => {
    const rejected = new RoomflowError('invalid-request', 'The body is not valid.', {
      details: [{ pointer: '/maxParticipants', message: 'must be <= 1000' }],
    });
    const error = errorOfAnswer(rejected.status, rejected.toBody(), baseUrl);
    expect(error.description).toContain('/maxParticipants must be <= 1000');
  });

  it('leaves out what the runtime says to programs', () => {
    const error = refusal('room-not-found', 'There is no room "a.b". Create it with POST /v2/rooms.');
    expect(error.description).toBe(
      'There is no room "a.b". Pick a room from the list, or make one with the Create Room node.',
    );
  });

  it('is the runtime’s own message for a code that has no title here', () => {
    expect(refusal('port-in-use', 'Port 1 is in use.').message).toBe('Port 1 is in use.');
  });

  it.each(errorCodes)('is never empty: %s', (code) => {
    expect(toNodeError(node, refusal(code, 'What happened.')).message).not.toBe('');
  });

  it('says where it looked when nothing answers, and when something else does', () => {
    expect(errorOfSilence(baseUrl, 'ECONNREFUSED').message).toContain(baseUrl);
    expect(errorOfSilence(baseUrl, 'ECONNREFUSED').description).toContain('roomflow serve');
    expect(errorOfAnswer(502, '<html>Bad gateway</html>', baseUrl)).toMatchObject({
      code: 'not-roomflow',
      retryable: true,
    });
  });
});

describe('what refuses the publication of a trigger', () => {
  it.each(['invalid-token', 'invalid-permissions', 'room-not-found'] as const)('%s does', (code) => {
    expect(isConfigurationError(refusal(code, 'no'))).toBe(true);
  });

  it('an address that is no URL does', () => {
    expect(isConfigurationError(errorOfBaseUrl('runtime'))).toBe(true);
  });

  it.each(['runtime-stopping', 'too-many-requests', 'internal'] as const)(
    '%s does not, for it passes by itself',
    (code) => {
      expect(isConfigurationError(refusal(code, 'no'))).toBe(false);
    },
  );

  it('a runtime that is away does not: n8n would never try again', () => {
    expect(isConfigurationError(errorOfSilence(baseUrl, 'ECONNREFUSED'))).toBe(false);
  });
});
