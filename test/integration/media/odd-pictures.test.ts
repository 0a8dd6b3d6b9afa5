import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import {
  AAC_FRAME_MS,
  PICTURE_MS,
  colourAt,
  decodePictures,
  irregularities,
} from './support/composed-media.ts';
import { LiveComposition, person, sceneOf } from './support/live-composition.ts';
import { encodeVideo } from './support/sources.ts';

let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let lime: EncodedFrame[];
let blue: EncodedFrame[];
let blueH264: EncodedFrame[];

const encode = (
  codec: 'vp8' | 'h264',
  colour: string,
  size: string,
  keyInterval = 15,
): Promise<EncodedFrame[]> =>
  encodeVideo(folder.path, { codec, seconds: 1, size, keyInterval, picture: `color=c=${colour}:` });

beforeAll(async () => {
  folder = await temporaryDirectory();
  [lime, blue, blueH264] = await Promise.all([
    encode('vp8', 'lime', '640x360'),
    encode('vp8', 'blue', '640x360'),
    encode('h264', 'blue', '640x360'),
  ]);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** A picture that says it has other sides than it has (RFC 6386 §9.1). */
const claiming = (frames: EncodedFrame[], width: number, height: number): EncodedFrame[] =>
  frames.map((frame) => {
    if (!frame.key) return frame;
    const data = Buffer.from(frame.data);
    data.writeUInt16LE(width, 6);
    data.writeUInt16LE(height, 8);
    return { ...frame, data };
  });

const garbage = (frames: EncodedFrame[]): EncodedFrame[] =>
  frames.map((frame) => ({ ...frame, data: Buffer.alloc(frame.data.length, 0xa5) }));

const truncated = (frames: EncodedFrame[]): EncodedFrame[] =>
  frames.map((frame) => ({
    ...frame,
    data: frame.data.subarray(0, Math.max(1, frame.data.length >> (frame.key ? 0 : 2))),
  }));

type Oddity = { what: string; frames: () => Promise<EncodedFrame[]> | EncodedFrame[]; isShown?: boolean };
const oddities: Oddity[] = [
  { what: 'pictures of 2x2', frames: () => encode('vp8', 'red', '2x2') },
  { what: 'pictures of 64x1', frames: () => claiming(blue, 64, 1) },
  { what: 'pictures of 641x359', frames: () => encode('vp8', 'red', '641x359'), isShown: true },
  { what: 'pictures of 17x16', frames: () => encode('vp8', 'red', '17x16'), isShown: true },
  { what: 'pictures that claim to be 16383x16383', frames: () => claiming(blue, 16_383, 16_383) },
  { what: 'garbage for VP8', frames: () => garbage(blue) },
  { what: 'garbage for H.264', frames: () => garbage(blueH264) },
  { what: 'H.264 cut short', frames: () => truncated(blueH264) },
  {
    what: 'VP8 under the name of AV1',
    frames: () => blue.map((frame) => ({ ...frame, codec: 'av1' as const })),
  },
];

// Side by side: each has a process of its own, and mostly waits for the time to pass.
describe.concurrent.each(['node-av', 'ffmpeg'] as const)('a room composed by %s', (engine) => {
  it.for(oddities)('goes on for all when one guest sends $what', async ({ frames, isShown }) => {
    const odd = await frames();
    await using room = new LiveComposition({ engine, scene: sceneOf(person('lime'), person('odd')) });
    const output = room.receive();
    room.play('lime/video', lime);
    room.play('odd/video', blue);
    await room.goOn(output, 1500);
    room.play('odd/video', odd);
    await room.goOn(output, 2000);
    const duringMs = output.pictures.at(-1)!.timestampMs;
    room.play('odd/video', blue);
    await room.goOn(output, 2500);
    output.close();

    expect(room.restarts).toEqual([]);
    expect(room.failures).toEqual([]);
    expect(irregularities(output.pictures, PICTURE_MS)).toEqual([]);
    expect(irregularities(output.sounds, AAC_FRAME_MS)).toEqual([]);
    const pictures = await decodePictures(output.pictures);
    expect(pictures).toHaveLength(output.pictures.length);
    const during = pictures.find(({ atMs }) => atMs === duringMs)!;
    expect(colourAt(during, 0.1, 0.5)).toBe('lime');
    if (isShown) expect(colourAt(during, 0.9, 0.5)).toBe('red');
    const last = pictures.at(-1)!;
    expect([colourAt(last, 0.1, 0.5), colourAt(last, 0.9, 0.5)]).toEqual(['lime', 'blue']);
  });

  it('shows the placeholder of a guest whose pictures have a single pixel, asks for a key frame, and tells it', async () => {
    const pixel = claiming(blue, 1, 1);
    await using room = new LiveComposition({ engine, scene: sceneOf(person('odd')) });
    const output = room.receive();
    room.play('odd/video', blue);
    await room.goOn(output, 1500);
    room.keyFrameRequests.length = 0;
    room.play('odd/video', pixel);
    await room.goOn(output, 2000);
    output.close();

    const pictures = await decodePictures(output.pictures);
    expect(colourAt(pictures[Math.floor(pictures.length / 3)]!, 0.1, 0.5)).toBe('blue');
    expect(colourAt(pictures.at(-1)!, 0.1, 0.5)).toBe('black');
    expect(room.keyFrameRequests).toContain('odd/video');
    expect(room.compositor.stats().sourcesLost).toBe(1);
  });
});
