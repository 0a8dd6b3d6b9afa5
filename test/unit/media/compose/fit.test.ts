import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../runtime/media/compose/cell.ts';
import { fitPicture } from '../../../../runtime/media/compose/fit.ts';

const cell = (width: number, height: number, fit: Cell['fit']): Cell => ({
  participantId: 'a',
  source: 'a/video',
  kind: fit === 'cover' ? 'camera' : 'screen',
  main: false,
  x: 100,
  y: 50,
  width,
  height,
  fit,
});

describe('fitPicture', () => {
  it('leaves a picture of the cell’s shape whole', () => {
    expect(fitPicture(cell(640, 360, 'cover'), 1280, 720)).toEqual({
      crop: { x: 0, y: 0, width: 1280, height: 720 },
      target: { x: 100, y: 50, width: 640, height: 360 },
    });
  });

  it('crops both sides alike to fill the cell', () => {
    expect(fitPicture(cell(480, 360, 'cover'), 1280, 720)).toEqual({
      crop: { x: 160, y: 0, width: 960, height: 720 },
      target: { x: 100, y: 50, width: 480, height: 360 },
    });
    expect(fitPicture(cell(640, 360, 'cover'), 640, 480).crop).toEqual({
      x: 0,
      y: 60,
      width: 640,
      height: 360,
    });
  });

  it('shows an upright picture whole when cropping would leave little of it', () => {
    const { crop, target } = fitPicture(cell(640, 360, 'cover'), 720, 1280);
    expect(crop).toEqual({ x: 0, y: 0, width: 720, height: 1280 });
    expect(target).toEqual({ x: 318, y: 50, width: 202, height: 360 });
  });

  it('shows all of a screen in the middle of its cell', () => {
    expect(fitPicture(cell(640, 360, 'contain'), 1024, 768).target).toEqual({
      x: 180,
      y: 50,
      width: 480,
      height: 360,
    });
    expect(fitPicture(cell(400, 360, 'contain'), 1280, 720).target).toEqual({
      x: 100,
      y: 116,
      width: 400,
      height: 226,
    });
  });

  it('stays even, inside and in proportion whatever the sizes', () => {
    for (let width = 17; width < 4000; width = Math.ceil(width * 1.37)) {
      for (let height = 17; height < 4000; height = Math.ceil(height * 1.41)) {
        for (const fit of ['cover', 'contain'] as const) {
          const place = cell(426, 240, fit);
          const { crop, target } = fitPicture(place, width, height);
          for (const { x, y, width: w, height: h } of [crop, target]) {
            expect([x, y, w, h].every((value) => value % 2 === 0 && value >= 0)).toBe(true);
            expect(w * h).toBeGreaterThan(0);
          }
          expect(crop.x + crop.width).toBeLessThanOrEqual(width);
          expect(crop.y + crop.height).toBeLessThanOrEqual(height);
          expect(target.x).toBeGreaterThanOrEqual(place.x);
          expect(target.y).toBeGreaterThanOrEqual(place.y);
          expect(target.x + target.width).toBeLessThanOrEqual(place.x + place.width);
          expect(target.y + target.height).toBeLessThanOrEqual(place.y + place.height);
          const scaleX = target.width / crop.width;
          const scaleY = target.height / crop.height;
          // Even sizes allow of a pixel more or less on the shorter side.
          const slack = 1 + 2 / Math.min(target.width, target.height, crop.width, crop.height);
          expect(Math.max(scaleX / scaleY, scaleY / scaleX)).toBeLessThan(slack * slack);
        }
      }
    }
  });
});
