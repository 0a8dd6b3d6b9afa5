/** What a process of publishers is told. */
export type PublisherOrder =
  | {
      type: 'publish';
      runtimeUrl: string;
      serverKey: string;
      roomId: string;
      clipFile: string;
      participants: { participantId: string; phase: number }[];
    }
  | { type: 'count' }
  | { type: 'stop' };

/**
 * What was sent so far, what of it the runtime's receiver reports (RFC 3550 section 6.4.2) call lost, and how
 * late the senders' clock was at worst since it was last asked.
 */
export type SendCount = { packetsSent: number; packetsLost: number; latestMs: number };

/** What it tells. */
export type PublisherReport =
  { type: 'publishing' } | ({ type: 'counted' } & SendCount) | { type: 'failed'; message: string };
