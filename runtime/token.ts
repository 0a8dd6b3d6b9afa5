import { loadKeys, type RuntimeConfig } from './config/index.ts';
import { Compile } from 'typebox/compile';
import { RoomflowError, TokenClaims, describeRejected, rejectedValues } from './contract/index.ts';
import { signToken } from './rooms/index.ts';

const Claims = Compile(TokenClaims);
const DAY_MINUTES = 1440;

/** Signs a token as the command line asks for it; every claim is checked as the API would check it. */
export async function issueToken(
  config: RuntimeConfig,
  asked: {
    room?: string | undefined;
    participant?: string | undefined;
    name?: string | undefined;
    permissions?: string | undefined;
    roles?: string | undefined;
    minutes?: string | undefined;
  },
): Promise<string> {
  const keys = loadKeys(config.dataDirectory, config);
  const minutes = asked.minutes === undefined ? DAY_MINUTES : Number(asked.minutes);
  if (!Number.isFinite(minutes) || minutes <= 0) {
    throw new RoomflowError(
      'invalid-request',
      `--expires-in-minutes must be a number above 0, not "${asked.minutes ?? ''}".`,
    );
  }
  const claims: unknown = {
    apikey: keys.apiKey,
    permissions: listOf(asked.permissions) ?? ['allow_join'],
    ...(asked.room === undefined ? {} : { roomId: asked.room }),
    ...(asked.participant === undefined ? {} : { participantId: asked.participant }),
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.roles === undefined ? {} : { roles: listOf(asked.roles) }),
  };
  if (!Claims.Check(claims)) {
    const details = rejectedValues(Claims.Errors(claims));
    throw new RoomflowError(
      'invalid-request',
      `The token would not be valid: ${describeRejected(details)}.`,
      {
        details,
      },
    );
  }
  return signToken(claims, minutes * 60, keys);
}

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
