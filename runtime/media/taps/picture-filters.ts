import type { Size } from '../engine/index.ts';

/** Which pictures of a track are wanted. At least one of `everyMs` and `onSceneChange`. */
export type PictureChoice = {
  /** The first picture in each stretch of so many milliseconds; null: none for the sake of time. */
  everyMs: number | null;
  /** Also each that is another than the one looked at before. */
  onSceneChange: boolean;
};

/** Pictures this far apart are compared: a slide that fades in is one change, and film not one at each picture. */
const COMPARED_EVERY_MS = 500;
/** Mean change of brightness, as a share of what it can be. A talking head changes by 0.02, a new slide by 0.1 and more. */
const SCENE_THRESHOLD = 0.08;
/** Below this rate only key frames are decoded: each is asked for, and the rest of the track costs nothing. */
const KEY_FRAMES_ONLY_MS = 2000;

/** Whether the choice can be met by asking for key frames. */
export const takesKeyFramesOnly = ({ everyMs, onSceneChange }: PictureChoice): boolean =>
  everyMs !== null && everyMs >= KEY_FRAMES_ONLY_MS && !onSceneChange;

/** The picture scaled down to the width, with even sides; never up. Pure. */
export function scaledSize({ width, height }: Size, maxWidth: number | null): Size {
  const across = Math.min(width, maxWidth ?? width);
  return { width: even(across), height: even((height * across) / width) };
}

const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));

/** ffmpeg's filters for it, on pictures whose times are session time. Scores of changes are written to `pipe:3`. */
export function pictureFilters(choice: PictureChoice, { width, height }: Size): string {
  const scale = `scale=${width}:${height}:flags=bilinear:out_range=pc`;
  if (takesKeyFramesOnly(choice)) {
    return scale;
  }
  const { everyMs, onSceneChange } = choice;
  if (!onSceneChange) {
    return [`select='${firstOfEach(everyMs ?? 1)}'`, scale].join(',');
  }
  const compared = Math.min(COMPARED_EVERY_MS, everyMs ?? COMPARED_EVERY_MS);
  const wanted = [`gt(scene,${SCENE_THRESHOLD})`, firstOfEach(everyMs ?? Infinity)].join('+');
  return [
    `select='${firstOfEach(compared)}'`,
    scale,
    `select='${wanted}'`,
    `metadata=print:key=lavfi.scene_score:file='pipe\\:3':direct=1`,
  ].join(',');
}

/** Of the notes that the filters write: the score of each picture, in order. */
export function sceneScores(notes: string): number[] {
  return [...notes.matchAll(/lavfi\.scene_score=([0-9.]+)\n/g)].map(([, score]) => Number(score));
}

export const isSceneChange = (score: number): boolean => score > SCENE_THRESHOLD;

/** The very first picture, and then the first in each stretch of the clock. */
const firstOfEach = (everyMs: number): string =>
  Number.isFinite(everyMs)
    ? `isnan(prev_selected_t)+gt(floor(t*1000/${everyMs}),floor(prev_selected_t*1000/${everyMs}))`
    : 'isnan(prev_selected_t)';
