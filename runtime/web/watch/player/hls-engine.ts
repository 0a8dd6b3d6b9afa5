import Hls, { ErrorTypes, Events, type ErrorData } from 'hls.js/light';
import type { EngineEvents, StreamEngine } from './engine.ts';
import type { Trouble } from './player-recovery.ts';
import { playerTuning, type PlaybackKind } from './player-tuning.ts';
import { qualitiesOf } from './qualities.ts';

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
    pictureTimeMs: () => hls.playingDate?.getTime() ?? null,
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
