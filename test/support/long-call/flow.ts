import type { ReceivedFigures } from './peer-figures.ts';

/** What one guest received between two looks at it. */
export type FlowWindow = {
  guest: string;
  /** Since the call began. */
  endMs: number;
  /** Tracks of which at least one picture was decoded, and tracks of which something was heard. */
  movingPictures: number;
  audibleSounds: number;
  /** Of the pictures decoded, all tracks together. */
  framesPerSecond: number;
  lowestHeight: number;
  /** Packets of pictures that came, and key frames that were asked for. */
  packets: number;
  keyFrameRequests: number;
};

/** Compares two looks at the tracks of a guest. Tracks that are new in the second one count from zero. */
export function flowBetween(
  guest: string,
  before: { atMs: number; received: readonly ReceivedFigures[] },
  after: { atMs: number; received: readonly ReceivedFigures[] },
): FlowWindow {
  const earlier = new Map(before.received.map((track) => [track.trackId, track]));
  const steps = after.received.map((track) => ({
    kind: track.kind,
    height: track.height,
    frames: track.framesDecoded - (earlier.get(track.trackId)?.framesDecoded ?? 0),
    energy: track.audioEnergy - (earlier.get(track.trackId)?.audioEnergy ?? 0),
    packets: track.packetsReceived - (earlier.get(track.trackId)?.packetsReceived ?? 0),
    requests: track.keyFrameRequests - (earlier.get(track.trackId)?.keyFrameRequests ?? 0),
  }));
  const pictures = steps.filter(({ kind }) => kind === 'video');
  const moving = pictures.filter(({ frames }) => frames > 0);
  const frames = moving.reduce((sum, step) => sum + step.frames, 0);
  return {
    guest,
    endMs: after.atMs,
    movingPictures: moving.length,
    audibleSounds: steps.filter(({ kind, energy }) => kind === 'audio' && energy > 0).length,
    framesPerSecond: (frames * 1000) / (after.atMs - before.atMs),
    lowestHeight: Math.min(...moving.map(({ height }) => height)),
    packets: pictures.reduce((sum, step) => sum + step.packets, 0),
    keyFrameRequests: pictures.reduce((sum, step) => sum + step.requests, 0),
  };
}

/**
 * Windows in which a track stood still, but for those that end within `graceMs` after a break of the network.
 *
 * @param others how many tracks of each kind a guest receives
 */
export function frozenWindows(
  windows: readonly FlowWindow[],
  others: number,
  breaksMs: readonly number[],
  graceMs: number,
): FlowWindow[] {
  return windows.filter(
    ({ endMs, movingPictures, audibleSounds }) =>
      (movingPictures < others || audibleSounds < others) &&
      !breaksMs.some((breakMs) => endMs > breakMs && endMs <= breakMs + graceMs),
  );
}
