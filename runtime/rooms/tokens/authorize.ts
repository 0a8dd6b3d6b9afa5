import {
  RoomflowError,
  serverSenderId,
  type ParticipantMode,
  type Permission,
  type TokenClaims,
} from '../../contract/index.ts';
import type { Principal } from './token.ts';

/**
 * What a REST call does, which says what a token needs for it:
 * - `validate`: ask whether a room is there; any token that may call the REST API
 * - `read`, `write`: look at and make rooms, recordings, steps, messages; `allow_join` or `allow_mod`
 * - `moderate`: act on other people (remove, mute, admit, end a session, close a room); `allow_mod`
 *
 * The server key and `crawler` tokens, which servers hold and guests never see, need no permission.
 */
export type RestAction = 'validate' | 'read' | 'write' | 'moderate';

/** A room under both its names: tokens may be bound to either. */
export type NamedRoom = { id: string; customRoomId: string | null };

const needed: Readonly<Record<RestAction, readonly Permission[]>> = {
  validate: ['allow_join', 'allow_mod', 'ask_join'],
  read: ['allow_join', 'allow_mod'],
  write: ['allow_join', 'allow_mod'],
  moderate: ['allow_mod'],
};

/**
 * Lets the call pass, or says why not. `room` is the room the call is about; a call about all rooms or about
 * the runtime itself passes null, which tokens bound to one room may not make.
 *
 * @throws RoomflowError `unauthorized-role` (an `rtc` token, VideoSDK 4024), `unauthorized-request` (4025),
 * `unauthorized-room` (4022)
 */
export function requireRest(principal: Principal, action: RestAction, room: NamedRoom | null): void {
  if (principal.kind === 'server') {
    return;
  }
  const { claims } = principal;
  const roles = claims.roles ?? [];
  const isCrawler = roles.includes('crawler');
  if (roles.includes('rtc') && !isCrawler) {
    throw new RoomflowError(
      'unauthorized-role',
      'A token with role rtc may join rooms, not call the REST API.',
    );
  }
  if (!isCrawler && !needed[action].some((permission) => claims.permissions.includes(permission))) {
    throw new RoomflowError(
      'unauthorized-request',
      `This call needs ${needed[action].join(' or ')}; the token holds ${claims.permissions.join(', ')}.`,
    );
  }
  requireRoom(claims, room);
}

/**
 * Lets the holder into the room under this participant id, and says with which permissions.
 *
 * @param participantId the id asked for; null when the runtime is to choose, which then takes the token's
 * @returns the permissions, and the id the token prescribes, if any
 * @throws RoomflowError `unauthorized-role` (a `crawler` token, VideoSDK 4024), `unauthorized-room` (4022),
 * `unauthorized-participant` (4023)
 */
export function requireJoin(
  principal: Principal,
  room: NamedRoom & { allowedParticipantIds: readonly string[] | null },
  participantId: string | null,
): { permissions: Permission[]; participantId: string | null } {
  const permitted =
    principal.kind === 'server' ? serverPermissions() : joinPermissions(principal.claims, room);
  const prescribed = principal.kind === 'token' ? (principal.claims.participantId ?? null) : null;
  if (prescribed !== null && participantId !== null && prescribed !== participantId) {
    throw new RoomflowError(
      'unauthorized-participant',
      `The token is for participant "${prescribed}", not for "${participantId}".`,
    );
  }
  const id = prescribed ?? participantId;
  if (id === serverSenderId) {
    throw new RoomflowError(
      'unauthorized-participant',
      `"${serverSenderId}" names the sender of messages that come over the API; choose another participantId.`,
    );
  }
  const allowed = room.allowedParticipantIds;
  if (allowed !== null && (id === null || !allowed.includes(id))) {
    throw new RoomflowError(
      'unauthorized-participant',
      `Room "${room.id}" only lets the participants in that were named when it was made; received ${id === null ? 'no participantId' : `"${id}"`}.`,
    );
  }
  return { permissions: permitted, participantId: id };
}

/**
 * The mode somebody joins in: the token's where it holds one, else the one asked for, else SEND_AND_RECV.
 *
 * @throws RoomflowError `unauthorized-request` (VideoSDK 4025) when the token is for another mode
 */
export function requireMode(principal: Principal, asked: ParticipantMode | undefined): ParticipantMode {
  const prescribed = principal.kind === 'token' ? principal.claims.mode : undefined;
  if (prescribed !== undefined && asked !== undefined && prescribed !== asked) {
    throw new RoomflowError(
      'unauthorized-request',
      `The token joins in mode ${prescribed} only, not in ${asked}. A viewer comes on stage when a host invites it.`,
    );
  }
  return prescribed ?? asked ?? 'SEND_AND_RECV';
}

const serverPermissions = (): Permission[] => ['allow_join', 'allow_mod'];

function joinPermissions(claims: TokenClaims, room: NamedRoom): Permission[] {
  const roles = claims.roles ?? [];
  if (roles.includes('crawler') && !roles.includes('rtc')) {
    throw new RoomflowError(
      'unauthorized-role',
      'A token with role crawler may call the REST API, not join rooms.',
    );
  }
  requireRoom(claims, room);
  return [...claims.permissions];
}

function requireRoom(claims: TokenClaims, room: NamedRoom | null): void {
  if (
    claims.roomId === undefined ||
    (room !== null && [room.id, room.customRoomId].includes(claims.roomId))
  ) {
    return;
  }
  throw new RoomflowError(
    'unauthorized-room',
    room === null
      ? `The token is for room "${claims.roomId}" only, and this call is about all rooms.`
      : `The token is for room "${claims.roomId}", not for "${room.id}".`,
  );
}
