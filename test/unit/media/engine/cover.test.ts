import { describe, expect, it } from 'vitest';
import { coveringScale } from '../../../../runtime/media/engine/cover.ts';

const camera = { width: 1280, height: 720 };
const whole = { x: 0, y: 0, ...camera };

describe('the scale at which a part of a picture covers a target', () => {
  it('is that of the target when the whole picture is shown', () => {
    const target = { width: 320, height: 180 };
    expect(coveringScale(camera, whole, target, 'cover')).toEqual({ ...target, left: 0, top: 0 });
    expect(coveringScale(camera, whole, target, 'contain')).toEqual({ ...target, left: 0, top: 0 });
  });

  it('leaves out what is cropped on both sides alike', () => {
    const square = { x: 280, y: 0, width: 720, height: 720 };
    const scale = coveringScale(camera, square, { width: 200, height: 200 }, 'cover');
    expect(scale).toEqual({ width: 356, height: 200, left: 78, top: 0 });
  });

  it('takes exactly a half where that loses little more', () => {
    const tile = { width: 618, height: 348 };
    expect(coveringScale(camera, whole, tile, 'cover')).toEqual({
      width: 640,
      height: 360,
      left: 12,
      top: 6,
    });
    expect(coveringScale(camera, whole, tile, 'contain').width).toBeLessThan(624);
    expect(coveringScale(camera, whole, { width: 580, height: 326 }, 'cover').width).toBeLessThan(600);
  });

  it('always covers the target and stays inside the picture', () => {
    for (let width = 2; width <= 1280; width += 26) {
      for (let height = 2; height <= 720; height += 22) {
        const target = { width, height };
        const factor = Math.min(camera.width / width, camera.height / height);
        const crop = { width: width * factor, height: height * factor };
        const at = { x: (camera.width - crop.width) / 2, y: (camera.height - crop.height) / 2, ...crop };
        const scale = coveringScale(camera, at, target, 'cover');
        expect(scale.left + width).toBeLessThanOrEqual(scale.width);
        expect(scale.top + height).toBeLessThanOrEqual(scale.height);
      }
    }
  });
});
