import Hls, { ErrorTypes, Events, type ErrorData, type Level } from 'hls.js';
import type { EngineEvents, Quality, StreamEngine } from './engine.ts';
import type { Trouble } from './player-recovery.ts';
import { playerTuning, type PlaybackKind } from './player-tuning.ts';

/** Plays with hls.js. */
export function openHlsEngine(
  video: HTMLVideoElement,
  address: string,
  kind: PlaybackKind,
  { onQualities, onTrouble }: EngineEvents,
): StreamEngine {
  const hls = new Hls(playerTuning(kind));
  hls.on(Events.MANIFEST_PARSED, () => onQualities(qualitiesOf(hls.levels)));
  hls.on(Events.ERROR, (_event, error) => {
    if (error.fatal) {
      onTrouble(troubleOf(error));
    }
  });
  hls.loadSource(address);
  hls.attachMedia(video);
  return {
    latencySeconds: () => (hls.latency > 0 ? hls.latency : null),
    targetSeconds: () => hls.targetLatency ?? 0,
    goLive() {
      if (hls.liveSyncPosition !== null) {
        video.currentTime = hls.liveSyncPosition;
      }
    },
    chooseLevel(level) {
      hls.nextLevel = level ?? -1;
    },
    recoverMedia: () => hls.recoverMediaError(),
    close: () => hls.destroy(),
  };
}

function troubleOf({ type }: ErrorData): Trouble {
  if (type === ErrorTypes.NETWORK_ERROR) {
    return 'network';
  }
  return type === ErrorTypes.MEDIA_ERROR ? 'media' : 'other';
}

/** The rungs with pictures, the tallest first, each height once. */
export function qualitiesOf(levels: readonly Pick<Level, 'height' | 'width'>[]): Quality[] {
  const lines = levels
    // Upright pictures are named by their short side too.
    .map(({ height, width }, level) => ({ level, lines: Math.min(height, width || height) }))
    .filter((one) => one.lines > 0)
    .sort((a, b) => b.lines - a.lines);
  return lines
    .filter((one, index) => lines.findIndex((other) => other.lines === one.lines) === index)
    .map((one) => ({ level: one.level, label: `${one.lines}p` }));
}
