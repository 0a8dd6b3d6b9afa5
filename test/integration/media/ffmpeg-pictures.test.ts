import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FfmpegCanvas } from '../../../runtime/media/engine/ffmpeg/ffmpeg-canvas.ts';
import { FfmpegPictureSource } from '../../../runtime/media/engine/ffmpeg/picture-source.ts';
import { scalingFor } from '../../../runtime/media/engine/ffmpeg/scaling.ts';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { encodeVideo } from './support/sources.ts';

/** Upright bars: what is read at a wrong width shows slanting ones. */
let frames: EncodedFrame[];
beforeAll(async () => {
  await using folder = await temporaryDirectory();
  const bars = { codec: 'vp8', seconds: 2, size: '640x360', keyInterval: 60, picture: 'smptebars=' } as const;
  frames = await encodeVideo(folder.path, bars);
});

let source: FfmpegPictureSource | undefined;
afterEach(() => source?.close());

/** Shows one frame after the other on a canvas, as wide as is asked for. */
const showing = (version: number) => {
  const failures: Error[] = [];
  const opened = new FfmpegPictureSource(
    { codec: 'vp8', onKeyFrameNeeded: () => undefined, onFailure: (error) => failures.push(error) },
    scalingFor(version),
  );
  source = opened;
  const canvas = new FfmpegCanvas({ width: 640, height: 360 });
  let next = 0;
  const draw = (width: number): void => {
    const target = { x: 0, y: 0, width, height: (width * 9) / 16 };
    canvas.beginAnew();
    opened.draw(canvas, { x: 0, y: 0, width: 640, height: 360 }, target, 'contain');
  };
  const push = (change: (data: Buffer) => Buffer = (data) => data): number => {
    const frame = frames[next++];
    if (frame === undefined) throw new Error('there are no more frames');
    opened.push({ ...frame, data: change(Buffer.from(frame.data)) });
    return frame.timestampMs;
  };
  return {
    failures,
    push,
    draw,
    /** Pushes frames until one of them is shown, and draws it; the luma of five bars in three lines. */
    async show(width: number): Promise<number[][]> {
      await vi.waitFor(
        async () => {
          const atMs = push();
          await vi.waitUntil(() => opened.advance(atMs) === 'fresh', { timeout: 1000, interval: 5 });
        },
        { timeout: 20_000, interval: 1 },
      );
      draw(width);
      return [0.1, 0.3, 0.5].map((down) =>
        [0.1, 0.3, 0.5, 0.7, 0.9].map(
          (across) => canvas.y[Math.round((down * width * 9) / 16) * 640 + Math.round(across * width)] ?? 0,
        ),
      );
    },
  };
};

/** Upright: each line shows the same, and that is falling from white to blue. */
const expectBars = (lines: number[][]): void => {
  for (const line of lines) {
    line.forEach((luma, bar) => expect(Math.abs(luma - (lines[0]?.[bar] ?? 0))).toBeLessThan(8));
    expect(line[0]).toBeGreaterThan((line[4] ?? 0) + 80);
  }
};

describe.each([5, 7])('pictures that an ffmpeg decodes and scales as version %i is asked to', (version) => {
  it('have each size that they are drawn in, from the next frame on', async () => {
    const pictures = showing(version);
    for (const width of [640, 320, 480, 160, 640]) {
      for (let picture = 0; picture < 3; picture++) expectBars(await pictures.show(width));
    }
    expect(pictures.failures).toEqual([]);
  });

  it('are whole again when the very frame at which the size changes cannot be decoded', async () => {
    const pictures = showing(version);
    expectBars(await pictures.show(640));
    for (const width of [480, 320]) {
      pictures.draw(width);
      pictures.push((data) => data.subarray(0, 1));
      await pictures.show(width);
      for (let picture = 0; picture < 3; picture++) expectBars(await pictures.show(width));
    }
    expect(pictures.failures).toEqual([]);
  });
});
