import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RoomflowError } from '../contract/index.ts';
import { requireRest, verifyToken, type Principal, type RestAction } from '../rooms/index.ts';
import type { Runtime } from './runtime.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set before any guarded route runs. */
    principal: Principal | null;
  }
}

/** Guards every route of `server`: the Authorization header must hold the server key or a valid token. */
export function authenticate(server: FastifyInstance, runtime: Runtime): void {
  server.decorateRequest('principal', null);
  server.addHook('onRequest', async (request) => {
    request.principal = await verifyToken(request.headers.authorization, runtime.keys);
  });
  server.addHook('onRoute', (route) => {
    route.schema = { security: [{ token: [] }], ...route.schema };
  });
}

/** As {@link authenticate}, also by `?token=`: browsers cannot set a header on a socket. */
export function authenticateSockets(server: FastifyInstance, runtime: Runtime): void {
  server.decorateRequest('principal', null);
  server.addHook('onRequest', async (request) => {
    const { token } = request.query as { token?: unknown };
    const named = typeof token === 'string' ? token : undefined;
    request.principal = await verifyToken(request.headers.authorization ?? named, runtime.keys);
  });
}

/** The caller of a guarded route. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) {
    throw new RoomflowError('missing-token', 'Send the server key or a token in the Authorization header.');
  }
  return request.principal;
}

/** Refuses callers whose token does not allow `action` on the room (by either id), or on all rooms. */
export function permit(
  runtime: Runtime,
  request: FastifyRequest,
  action: RestAction,
  roomId: string | null,
): void {
  if (roomId === null) {
    requireRest(principalOf(request), action, null);
    return;
  }
  // The role is checked first: a token that may not call the API learns nothing about rooms.
  const principal = principalOf(request);
  if (principal.kind === 'token' && principal.claims.roles?.includes('rtc')) {
    requireRest(principal, action, null);
  }
  const room = runtime.directory.get(roomId);
  requireRest(principal, action, { id: room.roomId, customRoomId: room.customRoomId });
}

/**
 * What a list call asks for, once the caller may read the room it names, or all rooms; the room is then named by its
 * own id.
 */
export function permitList<Query extends { roomId?: string }>(
  runtime: Runtime,
  request: FastifyRequest,
  { roomId, ...rest }: Query,
): Omit<Query, 'roomId'> & { roomId: string | undefined } {
  permit(runtime, request, 'read', roomId ?? null);
  return { ...rest, roomId: roomId === undefined ? undefined : runtime.directory.get(roomId).roomId };
}
