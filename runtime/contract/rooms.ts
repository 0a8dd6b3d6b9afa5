import { Type, type Static } from 'typebox';
import { ParticipantId, Permission, RoomId, ParticipantMode } from './names.ts';

export const WebhookTarget = Type.Object(
  {
    endPoint: Type.String({ format: 'uri', maxLength: 512, pattern: '^https?://' }),
    events: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 })),
  },
  { additionalProperties: false },
);

/** When a room says that its sessions end by themselves, but not after how many minutes. */
export const defaultAutoCloseMinutes = 480;

export const AutoCloseConfig = Type.Object(
  {
    type: Type.Union([Type.Literal('session-ends'), Type.Literal('session-end-and-deactivate')]),
    duration: Type.Optional(
      // Timers of the platform take at most 2³¹ - 1 milliseconds.
      Type.Integer({
        minimum: 1,
        maximum: 35_791,
        default: defaultAutoCloseMinutes,
        description: 'Minutes',
      }),
    ),
  },
  { additionalProperties: false },
);

export const CreateRoomBody = Type.Object(
  {
    customRoomId: Type.Optional(RoomId),
    webhook: Type.Optional(WebhookTarget),
    autoCloseConfig: Type.Optional(AutoCloseConfig),
    allowedParticipantIds: Type.Optional(Type.Array(ParticipantId, { maxItems: 1000 })),
    maxParticipants: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    maxForwardedSpeakers: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description:
          'Microphones that everybody hears at a time: of more, the loudest; 0 for all. The runtime’s own number when left out',
      }),
    ),
    /** Accepted for compatibility and without effect on one machine. */
    region: Type.Optional(Type.String()),
    geoFence: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

export const Room = Type.Object({
  id: Type.String(),
  roomId: Type.String(),
  meetingId: Type.String(),
  customRoomId: Type.Union([Type.String(), Type.Null()]),
  userId: Type.String(),
  disabled: Type.Boolean(),
  status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  /** Its endPoint is shown to the server key and crawler tokens only. */
  webhook: Type.Union([Type.Partial(WebhookTarget), Type.Null()]),
  autoCloseConfig: Type.Union([AutoCloseConfig, Type.Null()]),
  allowedParticipantIds: Type.Union([Type.Array(Type.String()), Type.Null()]),
  maxParticipants: Type.Union([Type.Integer(), Type.Null()]),
  /** Microphones forwarded at a time, 0 for all; null: as many as the runtime is set to. */
  maxForwardedSpeakers: Type.Union([Type.Integer(), Type.Null()]),
  /** People in the room now. */
  activeParticipants: Type.Integer(),
  activeSessionId: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  links: Type.Object({ get_room: Type.String(), get_session: Type.String() }),
});
export type Room = Static<typeof Room>;

export const UpdateRoomBody = Type.Object(
  { status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]) },
  { additionalProperties: false },
);
export const RoomIdBody = Type.Object({ roomId: RoomId }, { additionalProperties: false });

/** Which page a link opens. */
export const LinkPage = Type.Union([Type.Literal('join'), Type.Literal('watch')], {
  description:
    'join: the meeting. watch: the page of those who watch and take part in polls, questions and chat; its token holds mode SIGNALLING_ONLY',
});
export type LinkPage = Static<typeof LinkPage>;

export const JoinLinkBody = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 100, description: 'Filled in on the join page' })),
    participantId: Type.Optional(ParticipantId),
    permissions: Type.Optional(
      Type.Array(Permission, { maxItems: 3, description: 'allow_join when left out' }),
    ),
    expiresInMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 525_600, default: 1440 })),
    page: Type.Optional(LinkPage),
    mode: Type.Optional(ParticipantMode),
  },
  { additionalProperties: false },
);
export const JoinLink = Type.Object({
  roomId: Type.String(),
  url: Type.String(),
  token: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  participantId: Type.Union([Type.String(), Type.Null()]),
  permissions: Type.Array(Permission),
  page: LinkPage,
  /** The only mode the link's token joins in; null: any. */
  mode: Type.Union([ParticipantMode, Type.Null()]),
  expiresAt: Type.String(),
});
export type JoinLink = Static<typeof JoinLink>;

export const TimeLog = Type.Array(
  Type.Object({ start: Type.String(), end: Type.Union([Type.String(), Type.Null()]) }),
);

export const SessionParticipant = Type.Object({
  participantId: Type.String(),
  name: Type.String(),
  /** As it is now, or was last. */
  mode: ParticipantMode,
  changeModeHistory: Type.Array(Type.Object({ mode: ParticipantMode, timelog: TimeLog })),
  timelog: TimeLog,
  events: Type.Object({
    mic: TimeLog,
    webcam: TimeLog,
    screenShare: TimeLog,
    screenShareAudio: TimeLog,
  }),
  /** Live tracks; empty once the participant has left. */
  tracks: Type.Array(
    Type.Object({ trackId: Type.String(), kind: Type.String(), muted: Type.Boolean(), codec: Type.String() }),
  ),
  isModerator: Type.Boolean(),
  metaData: Type.Unknown(),
  deviceInfo: Type.Object({ browserUserAgent: Type.String() }),
});
export type SessionParticipant = Static<typeof SessionParticipant>;

export const Session = Type.Object({
  id: Type.String(),
  sessionId: Type.String(),
  roomId: Type.String(),
  meetingId: Type.String(),
  customRoomId: Type.Union([Type.String(), Type.Null()]),
  userId: Type.String(),
  start: Type.String(),
  end: Type.Union([Type.String(), Type.Null()]),
  status: Type.Union([Type.Literal('ongoing'), Type.Literal('ended')]),
  /** Seconds with at least one person in the room. */
  activeDuration: Type.Number(),
  participants: Type.Array(SessionParticipant),
  chatLink: Type.String(),
  links: Type.Object({
    get_room: Type.String(),
    get_session: Type.String(),
    get_all_participants: Type.String(),
  }),
});
export type Session = Static<typeof Session>;

export const EndSessionBody = Type.Object(
  { roomId: RoomId, sessionId: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
export const ParticipantBody = Type.Object(
  { roomId: RoomId, participantId: ParticipantId, sessionId: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
