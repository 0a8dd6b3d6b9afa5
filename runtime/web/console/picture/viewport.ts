/** Where the picture stands in its window: `x` and `y` are the window's place of the picture's upper left, in pixels. */
export type Viewport = { x: number; y: number; scale: number };
export type Size = { width: number; height: number };
export type Box = Size & { x: number; y: number };

export const scaleLimits = { least: 0.02, most: 2.5 } as const;
/** Small pictures are not blown up beyond their own size. */
const LARGEST_FIT = 1;
const MARGIN = 12;

const clamped = (scale: number): number => Math.min(scaleLimits.most, Math.max(scaleLimits.least, scale));

/** The whole picture in the middle of the window. Pure. */
export function fitted(picture: Size, window: Size): Viewport {
  const scale = clamped(
    Math.min(
      LARGEST_FIT,
      (window.width - 2 * MARGIN) / Math.max(1, picture.width),
      (window.height - 2 * MARGIN) / Math.max(1, picture.height),
    ),
  );
  return {
    scale,
    x: (window.width - picture.width * scale) / 2,
    y: (window.height - picture.height * scale) / 2,
  };
}

/** Larger or smaller by `factor`; what stands at the point of the window stays there. Pure. */
export function zoomed(viewport: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = clamped(viewport.scale * factor);
  const ratio = scale / viewport.scale;
  return { scale, x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio };
}

/** Moved just so far that the box of the picture is in the window; unchanged when it is. Pure. */
export function revealed(viewport: Viewport, box: Box, window: Size): Viewport {
  const { scale } = viewport;
  const shift = (start: number, length: number, room: number): number => {
    if (start < MARGIN) {
      return MARGIN - start;
    }
    return Math.min(0, room - MARGIN - (start + length));
  };
  return {
    scale,
    x: viewport.x + shift(viewport.x + box.x * scale, box.width * scale, window.width),
    y: viewport.y + shift(viewport.y + box.y * scale, box.height * scale, window.height),
  };
}
