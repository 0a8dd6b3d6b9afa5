import type { HlsConfig } from 'hls.js';

export type PlaybackKind = 'live' | 'replay';

/**
 * How hls.js is to play. The distance from the live edge is the server's own PART-HOLD-BACK (RFC 8216bis section
 * 4.4.3.8), so it is not set here; what is set is how a viewer comes back to it.
 */
export function playerTuning(kind: PlaybackKind): Partial<HlsConfig> {
  const shared: Partial<HlsConfig> = {
    // Fragmented MP4 goes to the browser as it is; a worker would only carry it to and fro.
    enableWorker: false,
    capLevelToPlayerSize: true,
    // A first guess too low shows mud for the first seconds.
    abrEwmaDefaultEstimate: 3_000_000,
  };
  if (kind === 'replay') {
    return { ...shared, lowLatencyMode: false, startPosition: 0 };
  }
  return {
    ...shared,
    lowLatencyMode: true,
    // 10 % faster is not heard and makes up a second in ten.
    maxLiveSyncPlaybackRate: 1.1,
    // Each stall is a sign that this network needs more in hand; half a second is, and does not undo low latency.
    liveSyncOnStallIncrease: 0.5,
    liveDurationInfinity: true,
    backBufferLength: 30,
    maxBufferLength: 12,
    manifestLoadPolicy: livePolicy(4),
    playlistLoadPolicy: livePolicy(4),
    fragLoadPolicy: livePolicy(4),
  };
}

/** Short patience: what comes later than a few seconds is of the past. */
function livePolicy(maxNumRetry: number): HlsConfig['fragLoadPolicy'] {
  const retry = { maxNumRetry, retryDelayMs: 300, maxRetryDelayMs: 2_000, backoff: 'exponential' } as const;
  return {
    default: {
      // A blocking reload answers within the target duration; three of them is a dead connection.
      maxTimeToFirstByteMs: 8_000,
      maxLoadTimeMs: 12_000,
      timeoutRetry: { ...retry, retryDelayMs: 0 },
      errorRetry: retry,
    },
  };
}

/** Beyond this one no longer sees what happens now, and is offered the way back. */
const BEHIND_SECONDS = 4;

/** Whether a viewer `latencySeconds` behind has fallen back from the distance that playing live keeps. */
export function isBehindLive(latencySeconds: number, targetSeconds: number): boolean {
  return latencySeconds > targetSeconds + BEHIND_SECONDS;
}

export type EngineChoice = 'native' | 'hls.js' | 'none';

/**
 * Who plays: Apple's browsers play low-latency HLS themselves, better than a page can; everywhere else hls.js,
 * even where a browser says that it could (Chromium's own player knows no parts).
 */
export function engineFor(browser: {
  isApple: boolean;
  native: boolean;
  mediaSource: boolean;
}): EngineChoice {
  if (browser.native && (browser.isApple || !browser.mediaSource)) {
    return 'native';
  }
  return browser.mediaSource ? 'hls.js' : 'none';
}
