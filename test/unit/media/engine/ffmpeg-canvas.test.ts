import { describe, expect, it } from 'vitest';
import { FfmpegCanvas } from '../../../../runtime/media/engine/ffmpeg/ffmpeg-canvas.ts';

/** Draws all of the canvas in one shade. */
function draw(canvas: FfmpegCanvas, shade: number): void {
  canvas.beginAnew();
  for (const plane of [canvas.y, canvas.u, canvas.v]) plane.fill(shade);
}

const shadesOf = (bytes: Uint8Array): number[] => [...new Set(bytes)];

describe('a canvas of the ffmpeg engine', () => {
  it('leaves what encoders have not read yet as it was, however many of them read it', () => {
    const canvas = new FfmpegCanvas({ width: 4, height: 2 });
    draw(canvas, 1);
    const first = canvas.snapshot;
    first.retain();
    first.retain();
    draw(canvas, 2);
    first.release();
    draw(canvas, 3);
    expect(shadesOf(first.memory)).toEqual([1]);
    expect(shadesOf(canvas.snapshot.memory)).toEqual([3]);
    expect(canvas.snapshot.memory).toHaveLength(12);
  });

  it('stays with its memory while nobody reads it, and takes again what has been read', () => {
    const canvas = new FfmpegCanvas({ width: 4, height: 2 });
    draw(canvas, 1);
    const first = canvas.snapshot;
    draw(canvas, 2);
    expect(canvas.snapshot).toBe(first);
    const used = new Set([first]);
    for (let picture = 0; picture < 10; picture++) {
      const { snapshot } = canvas;
      snapshot.retain();
      draw(canvas, picture);
      used.add(canvas.snapshot);
      snapshot.release();
    }
    expect(used.size).toBe(2);
  });
});
