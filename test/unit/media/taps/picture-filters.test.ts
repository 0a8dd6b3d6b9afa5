import { describe, expect, it } from 'vitest';
import {
  isSceneChange,
  pictureFilters,
  scaledSize,
  sceneScores,
  takesKeyFramesOnly,
} from '../../../../runtime/media/taps/picture-filters.ts';

describe('which pictures of a track are decoded', () => {
  it('are key frames alone when few are wanted, and none for a change that they would not show', () => {
    expect(takesKeyFramesOnly({ everyMs: 10_000, onSceneChange: false })).toBe(true);
    expect(takesKeyFramesOnly({ everyMs: 1000, onSceneChange: false })).toBe(false);
    expect(takesKeyFramesOnly({ everyMs: 10_000, onSceneChange: true })).toBe(false);
    expect(takesKeyFramesOnly({ everyMs: null, onSceneChange: true })).toBe(false);
  });

  it('are scaled down and never up, with even sides and the shape they have', () => {
    expect(scaledSize({ width: 1280, height: 720 }, 320)).toEqual({ width: 320, height: 180 });
    expect(scaledSize({ width: 320, height: 180 }, 640)).toEqual({ width: 320, height: 180 });
    expect(scaledSize({ width: 1279, height: 721 }, null)).toEqual({ width: 1280, height: 722 });
    expect(scaledSize({ width: 4000, height: 8 }, 64)).toEqual({ width: 64, height: 2 });
  });

  it('have their scores written only where changes are looked for', () => {
    const size = { width: 320, height: 180 };
    expect(pictureFilters({ everyMs: 100, onSceneChange: false }, size)).not.toContain('scene');
    expect(pictureFilters({ everyMs: null, onSceneChange: true }, size)).toContain('pipe');
  });

  it('are told apart by their scores', () => {
    const notes =
      'frame:0    pts:0       pts_time:0\nlavfi.scene_score=0.000000\nframe:1    pts:9       pts_time:1\nlavfi.scene_score=0.251000\n';
    expect(sceneScores(notes).map(isSceneChange)).toEqual([false, true]);
  });
});
