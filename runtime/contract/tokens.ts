import { Type, type Static } from 'typebox';
import { ParticipantId, ParticipantMode, Permission, RoomId } from './names.ts';

/**
 * Claims of a token, as VideoSDK signs them (HS256 with the secret). `crawler` tokens may call the REST API
 * and not join; `rtc` tokens may join and not call the REST API; neither role: both.
 */
export const TokenClaims = Type.Object({
  apikey: Type.String(),
  permissions: Type.Array(Permission, { minItems: 1 }),
  version: Type.Optional(Type.Integer()),
  roomId: Type.Optional(RoomId),
  participantId: Type.Optional(ParticipantId),
  roles: Type.Optional(Type.Array(Type.Union([Type.Literal('crawler'), Type.Literal('rtc')]))),
  /** Ours: the display name a join link suggests. */
  name: Type.Optional(Type.String({ maxLength: 100 })),
  /** Ours: the only mode this token may join in; a viewer's link has SIGNALLING_ONLY until invited on stage. */
  mode: Type.Optional(ParticipantMode),
  iat: Type.Optional(Type.Number()),
  exp: Type.Optional(Type.Number()),
});
export type TokenClaims = Static<typeof TokenClaims>;
