import type { Audience } from '../../contract/index.ts';

/**
 * What the picture's place shows: that nothing has begun, that it is about to, the broadcast, that it is over, or
 * its replay.
 */
export type Scene = 'soon' | 'starting' | 'live' | 'over' | 'replay';

export type SceneInputs = {
  hls: Audience['hls'];
  /** A broadcast was on show before. */
  hasSeen: boolean;
  /** The stream said that it is at its end. */
  finished: boolean;
  replaying: boolean;
};

export function sceneOf({ hls, hasSeen, finished, replaying }: SceneInputs): Scene {
  if (replaying) {
    return 'replay';
  }
  if (hls !== null && !finished) {
    return hls.playable ? 'live' : 'starting';
  }
  return hasSeen ? 'over' : 'soon';
}
