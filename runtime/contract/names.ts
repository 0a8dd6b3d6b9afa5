import { Type, type Static } from 'typebox';

/** A room's id, made like `abcd-efgh-ijkl`, or the caller's own `customRoomId`. */
export const RoomId = Type.String({
  minLength: 3,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$',
  description: 'Room id like abcd-efgh-ijkl, or the custom id the room was created with',
});

export const ParticipantId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'Participant id; chosen by the client or made by the runtime',
});

/** The sender of what is said over the REST API; no participant may pass for it. */
export const serverSenderId = 'server';

export const TrackKind = Type.Union(
  [Type.Literal('audio'), Type.Literal('video'), Type.Literal('screen_audio'), Type.Literal('screen_video')],
  { description: 'What a track carries: microphone, camera, screen sound or screen picture' },
);
export type TrackKind = Static<typeof TrackKind>;
export const trackKinds = [
  'audio',
  'video',
  'screen_audio',
  'screen_video',
] as const satisfies readonly TrackKind[];

export const Permission = Type.Union([
  Type.Literal('allow_join'),
  Type.Literal('ask_join'),
  Type.Literal('allow_mod'),
]);
export type Permission = Static<typeof Permission>;

export const ParticipantMode = Type.Union([
  Type.Literal('SEND_AND_RECV'),
  Type.Literal('RECV_ONLY'),
  Type.Literal('SIGNALLING_ONLY'),
]);
export type ParticipantMode = Static<typeof ParticipantMode>;

/** Media kind on the wire: screen tracks are audio and video too. */
export function mediaKindOf(kind: TrackKind): 'audio' | 'video' {
  return kind === 'audio' || kind === 'screen_audio' ? 'audio' : 'video';
}
