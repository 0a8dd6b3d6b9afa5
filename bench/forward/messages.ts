/** What the bench tells the worker that forwards. */
export type ToWorker =
  | { type: 'publish'; sdp: string; subscribers: number }
  | { type: 'answer'; index: number; sdp: string }
  | { type: 'measure' };

/** What a worker answers; `measure` answers its totals since it started. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'answer'; sdp: string }
  | { type: 'offer'; index: number; sdp: string }
  | { type: 'measure'; cpuMicroseconds: number; forwardedPackets: number; receivedPackets: number };

/** What the bench tells publisher and subscribers. */
export type ToPeers =
  | { type: 'answer'; sdp: string }
  | { type: 'send'; packetsPerSecond: number }
  | { type: 'offer'; index: number; sdp: string }
  | { type: 'count' };

export type FromPeers =
  | { type: 'ready' }
  | { type: 'offer'; sdp: string }
  | { type: 'answer'; index: number; sdp: string }
  | { type: 'connected'; index: number }
  | { type: 'count'; receivedPackets: number };
