import type { ForwardCase, Track } from './cases.ts';

/** What the bench asks a worker that forwards; each is answered by a message of the same type. */
export type ToWorker =
  | { type: 'publish'; publisher: number; sdp: string; kinds: Track['kind'][] }
  | { type: 'subscribe'; subscriber: number; publishers: number[] }
  | { type: 'answer'; subscriber: number; sdp: string }
  | { type: 'measure' }
  | { type: 'watchGc'; on: boolean }
  | { type: 'profile' }
  | { type: 'profiled'; file: string };

/** Totals of a worker since it started. */
export type WorkerTotals = {
  /** When they were taken, by the monotonic clock. */
  atMs: number;
  cpuMicroseconds: number;
  rssBytes: number;
  receivedPackets: number;
  forwardedPackets: number;
};

export type FromWorker =
  | { type: 'ready' }
  | { type: 'publish'; sdp: string }
  | { type: 'subscribe'; sdp: string }
  | { type: 'answer' }
  | ({ type: 'measure' } & WorkerTotals)
  | { type: 'watchGc'; gcMilliseconds: number }
  | { type: 'profile' }
  | { type: 'profiled' };

/** What the bench asks the process of the publishers. */
export type ToPublishers =
  | { type: 'offer'; publisher: number; forwardCase: ForwardCase }
  | { type: 'answer'; publisher: number; sdp: string }
  | { type: 'send'; seconds: number; keyFrameSeconds: number; rateFactor: number }
  | { type: 'direct'; port: number; seconds: number };

export type FromPublishers =
  | { type: 'ready' }
  | { type: 'offer'; sdp: string }
  | { type: 'answer'; srtpProfile: number }
  | { type: 'send'; sentPackets: number; packetsToForward: number; latestMs: number; cpuMicroseconds: number }
  | { type: 'direct' };

/** What the bench asks the process of the subscribers. */
export type ToSubscribers =
  | { type: 'accept'; subscriber: number; sdp: string }
  | { type: 'connected'; subscriber: number }
  | { type: 'count'; sampleEvery: number }
  | { type: 'counted' }
  | { type: 'direct' };

/** Delays of a sample of packets, from leaving the publisher to the subscriber's hands. */
export type Arrivals = { packets: number; sampled: number; delayP50Ms: number; delayP99Ms: number };

export type FromSubscribers =
  | { type: 'ready' }
  | { type: 'accept'; sdp: string }
  | { type: 'connected'; subscriber: number }
  | { type: 'count' }
  | ({ type: 'counted'; cpuMicroseconds: number } & Arrivals)
  | { type: 'direct'; port: number };
