export {
  MeetingClient,
  type HandOver,
  type MeetingClientOptions,
  type MeetingNotice,
} from './meeting-client.ts';
export { beforeJoining, withoutToken, type MeetingSnapshot } from './meeting-snapshot.ts';
export { MeetingError, type MeetingErrorCode } from './meeting-error.ts';
export type { LayerPreference, MediaState } from './media-session.ts';
export type { RoomState } from './room-state.ts';
export type { AudienceCalls } from './audience-calls.ts';
export type { OwnVotes } from './audience-state.ts';
export { layerForHeight } from './layer-choice.ts';
export { readTokenClaims } from './token-claims.ts';
export { signallingUrl } from './signalling-url.ts';
export { reconnectDelayMs } from './reconnect-policy.ts';
