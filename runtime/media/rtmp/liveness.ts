/** A server that answers neither the connection nor the handshake for this long is not there. */
const CONNECT_LIMIT_MS = 7000;
/** A server that takes no byte for this long although some wait for it does not read any more. */
const STALL_LIMIT_MS = 4000;
/**
 * A server has accepted the stream when it goes on taking it: some (nginx with `deny publish`) answer that publishing
 * has begun and hang up with the first packet.
 */
const ACCEPTED_AFTER_MS = 400;

/** What is known of a peer: pure data, moved on by the functions beside it. Times in milliseconds, of any one clock. */
export type PeerLiveness = {
  /** It has accepted the stream. */
  readonly accepted: boolean;
  readonly bytesTaken: number;
  /** When it took its first bytes; null before. */
  readonly firstTakenAtMs: number | null;
  /** Since when a sign of it has been waited for; null while nothing is owed. */
  readonly waitingSinceMs: number | null;
};

/** A connection that begins owes its first sign. */
export const beginning = (nowMs: number): PeerLiveness => ({
  accepted: false,
  bytesTaken: 0,
  firstTakenAtMs: null,
  waitingSinceMs: nowMs,
});

/** Bytes were handed over: from now on the peer owes a sign that it takes them. */
export const handedOver = (previous: PeerLiveness, nowMs: number): PeerLiveness =>
  previous.waitingSinceMs === null ? { ...previous, waitingSinceMs: nowMs } : previous;

/** The peer has taken so many bytes in all. */
export function taken(previous: PeerLiveness, bytesTaken: number, nowMs: number): PeerLiveness {
  if (bytesTaken <= previous.bytesTaken) {
    return previous;
  }
  const firstTakenAtMs = previous.firstTakenAtMs ?? nowMs;
  return {
    accepted: nowMs - firstTakenAtMs >= ACCEPTED_AFTER_MS,
    bytesTaken,
    firstTakenAtMs,
    waitingSinceMs: null,
  };
}

/**
 * Whether the peer may still be counted on: one that refuses to answer the handshake, one that has stopped reading and
 * one behind a dead network look alike, a sign is owed and does not come.
 */
export const isAlive = (previous: PeerLiveness, nowMs: number): boolean =>
  previous.waitingSinceMs === null ||
  nowMs - previous.waitingSinceMs <= (previous.firstTakenAtMs === null ? CONNECT_LIMIT_MS : STALL_LIMIT_MS);
