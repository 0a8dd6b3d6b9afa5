import type { FastifyRequest } from 'fastify';
import { isModerating } from './acting.ts';
import { permit, principalOf } from './authenticate.ts';
import { requireDirectEntry } from './direct-entry.ts';
import type { Runtime } from './runtime.ts';

/**
 * Lets a caller put a server-side participant into a room. Those who run meetings may name any; others only somebody
 * whom their token would let join, for it is as that participant that they are heard and written down.
 *
 * @returns the participantId to speak as; undefined where the runtime makes one
 * @throws RoomflowError `unauthorized-room`, `unauthorized-participant`, `unauthorized-request`, `invalid-permissions`
 */
export function permitSpeaking(
  runtime: Runtime,
  request: FastifyRequest,
  roomId: string,
  named: string | undefined,
): string | undefined {
  permit(runtime, request, 'write', roomId);
  if (isModerating(request)) {
    return named;
  }
  const participantId = requireDirectEntry(runtime, principalOf(request), {
    roomId,
    participantId: named,
    refusal: 'Speaking over the API needs a token with allow_join: with ask_join one has to knock and wait.',
  });
  return participantId ?? undefined;
}
