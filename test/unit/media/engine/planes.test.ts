import { expect, it } from 'vitest';
import { copyPart, pictureBytes, picturePlanes } from '../../../../runtime/media/engine/planes.ts';

const picture = (width: number, height: number) =>
  picturePlanes(Buffer.alloc(pictureBytes(width, height)), width, height);

it('a part of a picture is copied to its place, also after another part, and after the picture is another', () => {
  const source = picture(16, 8);
  for (const [shade, left, top] of [
    [1, 0, 0],
    [2, 4, 2],
    [3, 4, 0],
    [4, 0, 4],
  ] as const) {
    source.y.forEach((_, at) => (source.y[at] = (at * shade) % 251));
    source.u.forEach((_, at) => (source.u[at] = (at * shade) % 241));
    const canvas = picture(12, 10);
    copyPart(source, left, top, canvas, { x: 2, y: 6, width: 8, height: 4 });
    for (let row = 0; row < 10; row++) {
      for (let column = 0; column < 12; column++) {
        const isInside = row >= 6 && row < 10 && column >= 2 && column < 10;
        const expected = isInside ? source.y[(top + row - 6) * 16 + left + column - 2] : 0;
        expect(canvas.y[row * 12 + column], `${column}, ${row}`).toBe(expected);
      }
    }
    expect(canvas.u[3 * 6 + 1]).toBe(source.u[(top / 2) * 8 + left / 2]);
  }
});
