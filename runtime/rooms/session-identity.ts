/** Which run of which room. */
export type SessionIdentity = Readonly<{
  roomId: string;
  sessionId: string;
  /** Milliseconds since 1970. */
  startedAtMs: number;
}>;
