import { describe, expect, it } from 'vitest';

import type { Audience } from '../../../runtime/contract/index.ts';
import { ownAddress } from '../../../runtime/web/shared/own-address.ts';
import { remedyFor } from '../../../runtime/web/watch/player/player-recovery.ts';
import { engineFor, isBehindLive, playerTuning } from '../../../runtime/web/watch/player/player-tuning.ts';
import { qualitiesOf } from '../../../runtime/web/watch/player/qualities.ts';
import { sceneOf } from '../../../runtime/web/watch/scene.ts';
import { clockText, latencyText } from '../../../runtime/web/watch/texts/index.ts';

describe('the player’s tuning', () => {
  it('plays live with low latency at the distance the server asks for', () => {
    const tuning = playerTuning('live');
    expect(tuning.lowLatencyMode).toBe(true);
    // Either would override the server's PART-HOLD-BACK.
    expect(tuning).not.toHaveProperty('liveSyncDuration');
    expect(tuning).not.toHaveProperty('liveSyncDurationCount');
  });

  it('catches up too gently to be heard', () => {
    expect(playerTuning('live').maxLiveSyncPlaybackRate).toBeLessThanOrEqual(1.1);
    expect(playerTuning('live').maxLiveSyncPlaybackRate).toBeGreaterThan(1);
  });

  it('begins a replay at its beginning', () => {
    expect(playerTuning('replay')).toMatchObject({ startPosition: 0, lowLatencyMode: false });
  });

  it('offers the way back only to those who fell behind what playing live keeps', () => {
    expect(isBehindLive(1.8, 0.6)).toBe(false);
    expect(isBehindLive(9, 6)).toBe(false);
    expect(isBehindLive(8, 0.6)).toBe(true);
  });
});

describe('who plays', () => {
  it.each([
    ['Safari', { isApple: true, native: true, mediaSource: true }, 'native'],
    [
      'an iPhone without Media Source Extensions',
      { isApple: true, native: true, mediaSource: false },
      'native',
    ],
    ['Chromium that says it could', { isApple: false, native: true, mediaSource: true }, 'hls.js'],
    ['Firefox', { isApple: false, native: false, mediaSource: true }, 'hls.js'],
    ['a browser with its own player only', { isApple: false, native: true, mediaSource: false }, 'native'],
    ['a browser with neither', { isApple: false, native: false, mediaSource: false }, 'none'],
  ] as const)('in %s', (_, browser, engine) => {
    expect(engineFor(browser)).toBe(engine);
  });
});

describe('when playing fails', () => {
  const fresh = { failures: 0, sinceMediaRecoveryMs: Infinity };

  it('recovers media in place, and begins anew when that did not hold', () => {
    expect(remedyFor('media', 'live', fresh)).toEqual({ action: 'recover-media' });
    expect(remedyFor('media', 'live', { failures: 0, sinceMediaRecoveryMs: 1_000 })).toMatchObject({
      action: 'restart',
    });
  });

  it('tries a live stream again without end, waiting longer but never long', () => {
    const waits = [0, 1, 2, 5, 50].map((failures) => {
      const remedy = remedyFor('network', 'live', { failures, sinceMediaRecoveryMs: Infinity });
      return remedy.action === 'restart' ? remedy.afterMs : Number.NaN;
    });
    expect(waits).toEqual([500, 1_000, 2_000, 8_000, 8_000]);
  });

  it('gives a replay up that fails again and again', () => {
    expect(remedyFor('network', 'replay', fresh)).toMatchObject({ action: 'restart' });
    expect(remedyFor('network', 'replay', { failures: 4, sinceMediaRecoveryMs: Infinity })).toEqual({
      action: 'give-up',
    });
  });
});

describe('the address to play from', () => {
  it('is on the host that served the page, token and all', () => {
    expect(ownAddress('https://meet.example/hls/h1/live.m3u8?token=t', 'http://127.0.0.1:7890/watch/a')).toBe(
      'http://127.0.0.1:7890/hls/h1/live.m3u8?token=t',
    );
    expect(ownAddress('/hls/h1/live.m3u8', 'https://meet.example/watch/a')).toBe(
      'https://meet.example/hls/h1/live.m3u8',
    );
  });
});

describe('the qualities to choose from', () => {
  it('are the rungs of the ladder, the best first, each once', () => {
    expect(
      qualitiesOf([
        { width: 854, height: 480 },
        { width: 1920, height: 1080 },
        { width: 1280, height: 720 },
        { width: 1280, height: 720 },
      ]),
    ).toEqual([
      { level: 1, label: '1080p' },
      { level: 2, label: '720p' },
      { level: 0, label: '480p' },
    ]);
  });

  it('are named by the short side of an upright picture, and leave out sound alone', () => {
    expect(
      qualitiesOf([
        { width: 720, height: 1280 },
        { width: 0, height: 0 },
      ]),
    ).toEqual([{ level: 0, label: '720p' }]);
  });
});

describe('what stands in the picture’s place', () => {
  const hls = (playable: boolean): Audience['hls'] => ({
    playbackHlsUrl: '/p',
    livestreamUrl: '/l',
    playable,
  });
  const nothing = { hls: null, hasSeen: false, finished: false, replaying: false };

  it.each([
    ['nothing has begun', nothing, 'soon'],
    ['it was accepted and cannot be played yet', { ...nothing, hls: hls(false) }, 'starting'],
    ['it can be played', { ...nothing, hls: hls(true) }, 'live'],
    ['it is over', { ...nothing, hasSeen: true }, 'over'],
    [
      'the stream ended before the room has heard of it',
      { ...nothing, hls: hls(true), hasSeen: true, finished: true },
      'over',
    ],
    [
      'another broadcast begins after one that is over',
      { ...nothing, hls: hls(true), hasSeen: true },
      'live',
    ],
    ['the replay was asked for', { ...nothing, hasSeen: true, replaying: true }, 'replay'],
  ] as const)('when %s', (_, inputs, scene) => {
    expect(sceneOf(inputs)).toBe(scene);
  });
});

describe('times', () => {
  it.each([
    [1.83, '1.8 s behind'],
    [0.02, '0.1 s behind'],
    [12.4, '12 s behind'],
  ])('of %f seconds behind read %s', (seconds, text) => {
    expect(latencyText(seconds)).toBe(text);
  });

  it.each([
    [0, '0:00'],
    [65.9, '1:05'],
    [3_729, '1:02:09'],
    [-1, '0:00'],
  ])('of a replay at %f read %s', (seconds, text) => {
    expect(clockText(seconds)).toBe(text);
  });
});
