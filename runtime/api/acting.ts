import type { FastifyRequest } from 'fastify';
import { RoomflowError } from '../contract/index.ts';
import { personOf, workflow, type LiveSession, type Participant, type Person } from '../rooms/index.ts';
import { principalOf } from './authenticate.ts';

/** Whether the caller runs meetings: the server key, a `crawler` token, or a token with `allow_mod`. */
export function isModerating(request: FastifyRequest): boolean {
  const principal = principalOf(request);
  return (
    principal.kind === 'server' ||
    principal.claims.roles?.includes('crawler') === true ||
    principal.claims.permissions.includes('allow_mod')
  );
}

/**
 * On whose behalf a call acts: the participant named, or the one whose token it is. Only those who run meetings
 * act for others.
 *
 * @returns null when nobody is named and the token is nobody's
 * @throws RoomflowError `unauthorized-participant`
 */
function actingId(request: FastifyRequest, named: string | undefined): string | null {
  const principal = principalOf(request);
  const own = principal.kind === 'token' ? (principal.claims.participantId ?? null) : null;
  if (named === undefined) {
    return own;
  }
  if (named !== own && !isModerating(request)) {
    throw new RoomflowError(
      'unauthorized-participant',
      own === null
        ? `The token names no participant, so it cannot act as "${named}".`
        : `The token is for participant "${own}", not for "${named}".`,
    );
  }
  return named;
}

/**
 * The participant in whose name a call is made.
 *
 * @throws RoomflowError `unauthorized-participant`, `participant-not-found`, `invalid-request` when nobody is named
 */
export function actingParticipant(
  request: FastifyRequest,
  session: LiveSession,
  named: string | undefined,
): Participant {
  const participantId = actingId(request, named);
  if (participantId === null) {
    throw new RoomflowError(
      'invalid-request',
      'participantId is missing: name the participant in the room on whose behalf this is.',
    );
  }
  return session.require(participantId);
}

/**
 * Like {@link actingParticipant}, but what those who run meetings do in nobody's name is the workflow's own, without
 * the limits that hold for participants.
 */
export function actingPerson(
  request: FastifyRequest,
  session: LiveSession,
  named: string | undefined,
): Person {
  return actingId(request, named) === null && isModerating(request)
    ? workflow
    : personOf(actingParticipant(request, session, named));
}
