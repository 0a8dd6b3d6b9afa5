export type {
  MediaEvent,
  MediaParticipant,
  MediaSession,
  MediaPlane,
  ServerSideTracks,
  AnnouncedTrack,
} from './media-plane.ts';
export { silentConnection, type Connection } from './connection.ts';
export type { LiveSession } from './live-session.ts';
export type { Participant } from './participant.ts';
export { LiveRooms, type JoinRequest, type JoinOutcome } from './live-rooms.ts';
export { createSignallingClient, type SignallingClient } from './signalling.ts';
export { createRoomDirectory, type RoomDirectory } from './directory.ts';
export { createStoredJournal } from './stored-journal.ts';
export { readSessionSnapshots, type SessionSnapshot } from './session-snapshot.ts';
export { guardJournal } from './guarded-journal.ts';
export {
  closePollsOf,
  createAudienceHistory,
  personOf,
  pollFor,
  workflow,
  type AudienceHistory,
  type Person,
} from './audience/index.ts';
export { createSessionHistory, type SessionHistory } from './history.ts';
export {
  requireJoin,
  requireRest,
  signFileQuery,
  signPlaybackToken,
  signToken,
  verifyFileQuery,
  verifyPlaybackToken,
  verifyToken,
  type Principal,
  type RestAction,
} from './tokens/index.ts';
