/** A server that answers neither the connection nor the handshake for this long is not there. */
const CONNECT_LIMIT_MS = 7000;
/** A server that takes no byte for this long although some wait for it does not read any more. */
const STALL_LIMIT_MS = 5000;

/** What is known of a peer: pure data, moved on by the functions beside it. Times in milliseconds, of any one clock. */
export type PeerLiveness = {
  /** It has accepted the stream. */
  readonly accepted: boolean;
  readonly bytesTaken: number;
  /** Since when a sign of it has been waited for; null while nothing is owed. */
  readonly waitingSinceMs: number | null;
};

/** A connection that begins owes its first sign. */
export const beginning = (nowMs: number): PeerLiveness => ({
  accepted: false,
  bytesTaken: 0,
  waitingSinceMs: nowMs,
});

/** Bytes were handed over: from now on the peer owes a sign that it takes them. */
export const handedOver = (previous: PeerLiveness, nowMs: number): PeerLiveness =>
  previous.waitingSinceMs === null ? { ...previous, waitingSinceMs: nowMs } : previous;

/** The peer has taken so many bytes in all. */
export const taken = (previous: PeerLiveness, bytesTaken: number): PeerLiveness =>
  bytesTaken > previous.bytesTaken ? { accepted: true, bytesTaken, waitingSinceMs: null } : previous;

/**
 * Whether the peer may still be counted on: one that refuses to answer the handshake, one that has stopped reading and
 * one behind a dead network look alike, a sign is owed and does not come.
 */
export const isAlive = (previous: PeerLiveness, nowMs: number): boolean =>
  previous.waitingSinceMs === null ||
  nowMs - previous.waitingSinceMs <= (previous.accepted ? STALL_LIMIT_MS : CONNECT_LIMIT_MS);
