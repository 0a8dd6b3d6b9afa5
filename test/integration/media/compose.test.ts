import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame, VideoCodec } from '../../../runtime/media/index.ts';
import { median } from '../../support/oracle/index.ts';
import {
  AAC_FRAME_MS,
  OPUS_FRAME_MS,
  PICTURE_MS,
  colourAt,
  decodeAac,
  decodePictures,
  irregularities,
  loudness,
  onsets,
} from './support/composed-media.ts';
import { LiveComposition, person, plainLook, sceneOf } from './support/live-composition.ts';
import { encodeAudio, encodeVideo } from './support/sources.ts';

const colours = ['red', 'lime', 'blue', 'yellow'] as const;
type Colour = (typeof colours)[number];

let folder: string;
let tone: EncodedFrame[];
const cameras = new Map<string, EncodedFrame[]>();

const encodeColour = async (colour: Colour, codec: VideoCodec, size: string): Promise<void> => {
  const frames = await encodeVideo(folder, {
    codec,
    seconds: 2,
    size,
    keyInterval: 15,
    picture: `color=c=${colour}:`,
  });
  cameras.set(`${colour} ${codec} ${size}`, frames);
};
const camera = (colour: Colour, codec: VideoCodec = 'vp8', size = '640x360'): EncodedFrame[] =>
  cameras.get(`${colour} ${codec} ${size}`)!;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-compose-'));
  tone = await encodeAudio(folder, 2);
  await Promise.all(colours.map((colour) => encodeColour(colour, 'vp8', '640x360')));
  await encodeColour('lime', 'h264', '640x360');
  await encodeColour('blue', 'vp9', '640x360');
  await encodeColour('yellow', 'av1', '640x360');
  await encodeColour('red', 'vp8', '320x180');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const engines = ['node-av', 'ffmpeg'] as const;

// Side by side: each has a process of its own, and mostly waits for the time to pass.
describe.concurrent.each(engines)('a room composed by %s', (engine) => {
  it('shows everybody in a place of their own, whatever their codec, each picture once, with their sound', async () => {
    const people = colours.map((colour) => person(colour));
    await using room = new LiveComposition({ engine, scene: sceneOf(...people) });
    room.play('red/video', camera('red'));
    room.play('lime/video', camera('lime', 'h264'));
    room.play('blue/video', camera('blue', 'vp9'));
    room.play('yellow/video', camera('yellow', 'av1'));
    room.play('red/audio', tone);
    const output = room.receive();
    await room.goOn(output, 4000);
    output.close();

    expect(irregularities(output.pictures, PICTURE_MS)).toEqual([]);
    expect(irregularities(output.sounds, AAC_FRAME_MS)).toEqual([]);
    const pictures = await decodePictures(output.pictures);
    expect(pictures).toHaveLength(output.pictures.length);
    const last = pictures.at(-1)!;
    expect([colourAt(last, 0.25, 0.25), colourAt(last, 0.75, 0.25)]).toEqual(['red', 'lime']);
    expect([colourAt(last, 0.25, 0.75), colourAt(last, 0.75, 0.75)]).toEqual(['blue', 'yellow']);
    const sound = await decodeAac(output.sounds);
    const endMs = output.sounds.at(-1)!.timestampMs;
    expect(loudness(sound, endMs - 1000, endMs)).toBeGreaterThan(0.05);
  });

  it('misses and doubles no picture while people come, go, mute, freeze and change their size, nor with the layout', async () => {
    const [red, lime, blue] = [person('red'), person('lime'), person('blue')];
    await using room = new LiveComposition({ engine, scene: sceneOf(red) });
    const output = room.receive();
    room.play('red/video', camera('red'));
    await room.goOn(output, 1500);
    const steps: { atMs: number; seen: string[] }[] = [];
    /** What is seen in the left and the right half, or in both, a while after a change. */
    const change = async (apply: () => void, ...seen: string[]): Promise<void> => {
      apply();
      await room.goOn(output, 1000);
      steps.push({ atMs: output.pictures.at(-1)!.timestampMs, seen });
    };

    await change(() => undefined, 'red', 'red');
    await change(
      () => {
        room.compositor.setScene(sceneOf(red, lime));
        room.play('lime/video', camera('lime', 'h264'));
      },
      'red',
      'lime',
    );
    await change(() => room.play('red/video', camera('red', 'vp8', '320x180')), 'red', 'lime');
    await change(() => room.stop('lime/video'), 'red', 'lime');
    await change(
      () => {
        room.compositor.setScene({ ...sceneOf(red, lime), activeSpeakerId: 'lime' });
        room.compositor.setLook({ ...plainLook, layout: { ...plainLook.layout, type: 'SPOTLIGHT' } });
      },
      'lime',
      'lime',
    );
    await change(
      () => {
        room.compositor.setScene(sceneOf(red, blue));
        room.compositor.setLook(plainLook);
        room.play('blue/video', camera('blue'));
      },
      'red',
      'blue',
    );
    await change(
      () => {
        room.compositor.setScene(sceneOf({ ...red, cameraMuted: true }, blue));
        room.stop('red/video');
      },
      'black',
      'blue',
    );
    await change(() => room.compositor.setScene(sceneOf(blue)), 'blue', 'blue');
    output.close();

    expect(irregularities(output.pictures, PICTURE_MS)).toEqual([]);
    expect(irregularities(output.sounds, AAC_FRAME_MS)).toEqual([]);
    const pictures = await decodePictures(output.pictures);
    expect(pictures).toHaveLength(output.pictures.length);
    const seen = steps.map(({ atMs }) => {
      const picture = pictures.find((one) => one.atMs === atMs)!;
      // Beside the middle, where a person without a picture has their initials.
      return [colourAt(picture, 0.1, 0.5), colourAt(picture, 0.9, 0.5)];
    });
    expect(seen).toEqual(steps.map((step) => step.seen));
    expect(room.failures).toEqual([]);
  });

  it('keeps sound and picture together', async () => {
    const flash = await encodeVideo(folder, {
      codec: 'vp8',
      seconds: 6,
      keyInterval: 30,
      picture: `color=c=black:`,
      filter: `drawbox=color=white:t=fill:enable='lt(mod(t,1),0.1)'`,
    });
    const beep = await encodeAudio(folder, 6, `aevalsrc='0.5*sin(2000*PI*t)*lt(mod(t,1),0.1)':s=48000:d=6`);
    await using room = new LiveComposition({ engine, scene: sceneOf(person('red')) });
    const output = room.receive();
    room.play('red/video', flash);
    room.play('red/audio', beep);
    await room.goOn(output, 6000);
    output.close();

    const pictures = await decodePictures(output.pictures);
    const white = pictures.map((picture) => colourAt(picture, 0.5, 0.5) === 'white');
    const flashes = pictures.filter((_, index) => index > 0 && white[index] && !white[index - 1]);
    const beeps = onsets(await decodeAac(output.sounds));
    expect(flashes.length).toBeGreaterThanOrEqual(4);
    const offsets = flashes
      .slice(1, -1)
      .map(({ atMs }) => Math.min(...beeps.map((beepMs) => Math.abs(beepMs - atMs))));
    expect(median(offsets)).toBeLessThanOrEqual(45);
  });

  it('gives smaller pictures in VP8 with Opus beside larger ones', async () => {
    await using room = new LiveComposition({ engine, scene: sceneOf(person('lime')) });
    room.play('lime/video', camera('lime', 'h264'));
    room.play('lime/audio', tone);
    const large = room.receive();
    const small = room.receive({
      video: { codec: 'vp8', width: 320, height: 180, bitrateBps: 500_000, keyFrameIntervalMs: 1000 },
      audio: { codec: 'opus', bitrateBps: 96_000 },
    });
    await room.goOn(large, 3000);
    small.close();

    expect(irregularities(small.pictures, PICTURE_MS)).toEqual([]);
    expect(irregularities(small.sounds, OPUS_FRAME_MS)).toEqual([]);
    const pictures = await decodePictures(small.pictures);
    expect(pictures).toHaveLength(small.pictures.length);
    expect(pictures.at(-1)).toMatchObject({ width: 320, height: 180 });
    expect(colourAt(pictures.at(-1)!, 0.5, 0.5)).toBe('lime');
    expect(small.pictures.filter(({ key }) => key).length).toBeGreaterThanOrEqual(2);
    expect(irregularities(large.pictures, PICTURE_MS)).toEqual([]);
  });

  it('mixes sound without any picture', async () => {
    await using room = new LiveComposition({ engine, canvas: null, scene: sceneOf(person('red')) });
    room.play('red/audio', tone);
    const output = room.receive({ video: null, audio: { codec: 'aac', bitrateBps: 128_000 } });
    await room.goOn(output, 2000);
    output.close();

    expect(output.pictures).toEqual([]);
    expect(irregularities(output.sounds, AAC_FRAME_MS)).toEqual([]);
    const endMs = output.sounds.at(-1)!.timestampMs;
    expect(loudness(await decodeAac(output.sounds), endMs - 1000, endMs)).toBeGreaterThan(0.05);
  });
});

// What is told by when has to come, so the machine is theirs.
describe.each(engines)('a room composed by %s alone', (engine) => {
  it('goes on within a second on the same places of time, with a key frame, when its process is killed', async () => {
    await using room = new LiveComposition({ engine, scene: sceneOf(person('red')) });
    room.play('red/video', camera('red'));
    room.play('red/audio', tone);
    const output = room.receive();
    await room.goOn(output, 2000);
    const { pid } = room.compositor.stats();
    const before = output.pictures.length;
    process.kill(pid!, 'SIGKILL');
    await room.goOn(output, 2500);
    output.close();

    expect(room.restarts).toHaveLength(1);
    const [last, next] = [output.pictures[before - 1]!, output.pictures[before]!];
    expect(next.key).toBe(true);
    expect(next.timestampMs - last.timestampMs).toBeLessThan(1000);
    expect(irregularities(output.pictures.slice(before), PICTURE_MS)).toEqual([]);
    const resumed = output.sounds.findIndex(({ timestampMs }) => timestampMs > last.timestampMs + 200);
    expect(irregularities(output.sounds.slice(resumed), AAC_FRAME_MS)).toEqual([]);
    const pictures = await decodePictures(output.pictures.slice(before));
    expect(pictures).toHaveLength(output.pictures.length - before);
    expect(colourAt(pictures.at(-1)!, 0.5, 0.5)).toBe('red');
    expect(room.keyFrameRequests).toContain('red/video');
  });

  it('makes one encoding for outputs of one profile, and begins a later output with a key frame', async () => {
    await using room = new LiveComposition({ engine, scene: sceneOf(person('red')) });
    room.play('red/video', camera('red'));
    const first = room.receive();
    await room.goOn(first, 1200);
    const second = room.receive();
    await room.goOn(second, 1000);

    expect(second.pictures[0]!.key).toBe(true);
    expect(first.pictures).toEqual(expect.arrayContaining(second.pictures));
    expect(irregularities(first.pictures, PICTURE_MS)).toEqual([]);
    first.close();
    await room.goOn(second, 500);
    expect(irregularities(second.pictures, PICTURE_MS)).toEqual([]);
  });
});
