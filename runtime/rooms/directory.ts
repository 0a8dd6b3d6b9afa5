import { randomInt } from 'node:crypto';
import type { Static } from 'typebox';
import {
  RoomflowError,
  defaultAutoCloseMinutes,
  serverSenderId,
  type CreateRoomBody,
  type JoinLink,
  type JoinLinkBody,
  type Page,
  type Room,
} from '../contract/index.ts';
import type { EventLog } from '../events/index.ts';
import {
  findRoom,
  insertRoom,
  listRooms,
  mapPage,
  updateRoom,
  type PageRequest,
  type Store,
  type StoredRoom,
} from '../store/index.ts';
import { signToken } from './tokens/index.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const DAY_MINUTES = 1440;

/** What the directory asks of live rooms, which are built on top of it. */
export type Occupancy = {
  /** The live session of a room and how many are in it. */
  of(roomId: string): { sessionId: string; participants: number } | null;
  end(roomId: string, reason: string): void;
};

/** The rooms there are, live or not. */
export type RoomDirectory = {
  create(body: Static<typeof CreateRoomBody>): Room;
  /** By roomId or customRoomId; `room-not-found` otherwise. */
  get(roomId: string): Room;
  /** Like {@link get}, but a deactivated room is an error too. */
  validate(roomId: string): Room;
  list(page: PageRequest): Page<Room>;
  /** A deactivated room cannot be enabled: `room-closed`. */
  setStatus(roomId: string, status: 'enabled' | 'disabled'): Room;
  /** For good: a running session ends. */
  deactivate(roomId: string): Room;
  joinLink(roomId: string, body: Static<typeof JoinLinkBody>): Promise<JoinLink>;
};

export function createRoomDirectory(options: {
  store: Store;
  events: EventLog;
  keys: { apiKey: string; secret: string };
  /** Asked each time: a runtime on port 0 knows its address only once it listens. */
  publicUrl(): string;
  occupancy: Occupancy;
}): RoomDirectory {
  const { store, events, occupancy } = options;

  function view(room: StoredRoom): Room {
    const live = occupancy.of(room.id);
    const base = options.publicUrl();
    return {
      id: room.id,
      roomId: room.id,
      meetingId: room.id,
      customRoomId: room.customRoomId,
      userId: 'self-hosted',
      disabled: room.disabled,
      status: room.disabled ? 'disabled' : 'enabled',
      webhook: room.webhook,
      autoCloseConfig: room.autoCloseConfig,
      allowedParticipantIds: room.allowedParticipantIds,
      maxParticipants: room.maxParticipants,
      maxForwardedSpeakers: room.maxForwardedSpeakers,
      activeParticipants: live?.participants ?? 0,
      activeSessionId: live?.sessionId ?? null,
      createdAt: room.createdAt,
      updatedAt: room.updatedAt,
      links: {
        get_room: `${base}/v2/rooms/${room.id}`,
        get_session: `${base}/v2/sessions?roomId=${room.id}`,
      },
    };
  }

  function require(roomId: string): StoredRoom {
    const room = findRoom(store, roomId);
    if (!room) {
      throw new RoomflowError(
        'room-not-found',
        `There is no room "${roomId}". Create it with POST /v2/rooms.`,
      );
    }
    return room;
  }

  function change(roomId: string, status: 'enabled' | 'disabled' | 'deactivated'): Room {
    const room = require(roomId);
    if (status === 'enabled' && room.deactivated) {
      throw new RoomflowError(
        'room-closed',
        `Room "${room.id}" has been deactivated, which is for good. Create a new one.`,
      );
    }
    const disabled = status !== 'enabled';
    updateRoom(store, room.id, {
      disabled,
      ...(status === 'deactivated' ? { deactivated: true } : {}),
      updatedAt: new Date().toISOString(),
    });
    if (disabled && !room.disabled) {
      events.append('room-closed', { roomId: room.id, sessionId: null, data: {} });
      occupancy.end(room.id, 'room-deactivated');
    }
    return view(require(room.id));
  }

  return {
    create(body) {
      const now = new Date().toISOString();
      const existing = body.customRoomId === undefined ? undefined : findRoom(store, body.customRoomId);
      if (existing) {
        if (existing.disabled) {
          throw new RoomflowError(
            'room-id-taken',
            `customRoomId "${existing.customRoomId ?? existing.id}" belongs to a deactivated room; choose another.`,
          );
        }
        return view(existing);
      }
      const room: StoredRoom = {
        id: newRoomId(),
        customRoomId: body.customRoomId ?? null,
        disabled: false,
        deactivated: false,
        webhook: body.webhook ?? null,
        autoCloseConfig: body.autoCloseConfig
          ? { duration: defaultAutoCloseMinutes, ...body.autoCloseConfig }
          : null,
        allowedParticipantIds: body.allowedParticipantIds ?? null,
        maxParticipants: body.maxParticipants ?? null,
        maxForwardedSpeakers: body.maxForwardedSpeakers ?? null,
        createdAt: now,
        updatedAt: now,
      };
      while (!insertRoom(store, room)) {
        room.id = newRoomId();
      }
      events.append('room-created', { roomId: room.id, sessionId: null, data: {} });
      return view(room);
    },
    get(roomId) {
      return view(require(roomId));
    },
    validate(roomId) {
      const room = require(roomId);
      if (room.disabled) {
        throw new RoomflowError('room-closed', `Room "${room.id}" has been deactivated.`);
      }
      return view(room);
    },
    list(page) {
      return mapPage(listRooms(store, page), view);
    },
    setStatus(roomId, status) {
      return change(roomId, status);
    },
    deactivate(roomId) {
      return change(roomId, 'deactivated');
    },
    async joinLink(roomId, body) {
      const room = require(roomId);
      if (room.disabled) {
        throw new RoomflowError('room-closed', `Room "${room.id}" has been deactivated; nobody can join it.`);
      }
      const permissions = body.permissions ?? ['allow_join'];
      if (permissions.includes('ask_join') && permissions.length > 1) {
        throw new RoomflowError(
          'invalid-permissions',
          `ask_join cannot be combined with ${permissions.filter((one) => one !== 'ask_join').join(', ')}.`,
        );
      }
      if (body.participantId === serverSenderId) {
        throw new RoomflowError(
          'invalid-request',
          `"${serverSenderId}" names the sender of messages that come over the API; choose another participantId.`,
        );
      }
      const { page, mode } = destinationOf(body);
      const seconds = (body.expiresInMinutes ?? DAY_MINUTES) * 60;
      const token = await signToken(
        {
          permissions,
          roomId: room.id,
          // A link handed to a guest must not open the REST API.
          roles: ['rtc'],
          ...(body.participantId === undefined ? {} : { participantId: body.participantId }),
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(mode === null ? {} : { mode }),
        },
        seconds,
        options.keys,
      );
      return {
        roomId: room.id,
        url: `${options.publicUrl()}/${page}/${room.customRoomId ?? room.id}?token=${token}`,
        token,
        name: body.name ?? null,
        participantId: body.participantId ?? null,
        permissions,
        page,
        mode,
        expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
      };
    },
  };
}

/** The watch page is for those who only watch, and they have no other: `mode` and `page` follow from each other. */
function destinationOf(
  body: Pick<Static<typeof JoinLinkBody>, 'page' | 'mode'>,
): Pick<JoinLink, 'page' | 'mode'> {
  const page = body.page ?? (body.mode === 'SIGNALLING_ONLY' ? 'watch' : 'join');
  const mode = body.mode ?? (page === 'watch' ? 'SIGNALLING_ONLY' : null);
  if ((page === 'watch') !== (mode === 'SIGNALLING_ONLY')) {
    throw new RoomflowError(
      'invalid-request',
      `The ${page} page cannot be joined in mode ${mode ?? 'of the client'}; viewers (SIGNALLING_ONLY) have the watch page, all others the join page.`,
    );
  }
  return { page, mode };
}

/** `abcd-efgh-ijkl`: 26¹² ids, so that guessing one of a million takes 10¹¹ tries. */
function newRoomId(): string {
  const group = (): string =>
    Array.from({ length: 4 }, () => letters.charAt(randomInt(letters.length))).join('');
  return `${group()}-${group()}-${group()}`;
}
