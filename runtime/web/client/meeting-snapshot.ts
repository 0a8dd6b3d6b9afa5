import type { MediaState } from './media-session.ts';
import type { MeetingErrorCode } from './meeting-error.ts';
import type { RoomState } from './room-state.ts';

type MeetingPhase = 'idle' | 'joining' | 'waiting' | 'joined' | 'reconnecting' | 'left' | 'failed';

/** How a meeting stands for one participant. */
export type MeetingSnapshot = {
  phase: MeetingPhase;
  /** Null until joined for the first time; kept while reconnecting and after the end. */
  room: RoomState | null;
  media: MediaState;
  /** What last made media start anew; for diagnosis, not for telling a person. */
  mediaProblem: string | null;
  /** Media that arrives, by track id. */
  tracks: ReadonlyMap<string, MediaStreamTrack>;
  /** Why it is over; null after one's own leaving. */
  error: { code: MeetingErrorCode; message: string; retryable: boolean } | null;
};

/** Before anybody has joined. */
export const beforeJoining: MeetingSnapshot = {
  phase: 'idle',
  room: null,
  media: 'idle',
  mediaProblem: null,
  tracks: new Map(),
  error: null,
};

/** What a link without a token comes to. */
export const withoutToken: MeetingSnapshot = {
  ...beforeJoining,
  phase: 'failed',
  error: { code: 'missing-token', message: 'The link holds no token.', retryable: false },
};
