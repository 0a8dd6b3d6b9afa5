/**
 * Composes a clip shown by some guests in real time, as a media worker would, until its input ends. Its argument is a
 * {@link CompositionRun} as JSON. Prints a line when the first picture has come, and one with the figures at the end.
 */
import { createCompositor } from '../../runtime/media/index.ts';
import type { EncodedFrame, OutputProfile, ScenePerson } from '../../runtime/media/index.ts';
import { clip as clipTraits, readClip } from '../record/clip.ts';
import { encoding } from './encoding.ts';
import type { CompositionRun } from './composition-run.ts';

const run = JSON.parse(process.argv[2] ?? '') as CompositionRun;
const clip = await readClip(run.clipFile);
const pictureMs = 1000 / clipTraits.framesPerSecond;

const people = Array.from({ length: run.guests }, (_, index): ScenePerson => ({
  participantId: `guest-${index}`,
  name: `Guest ${index}`,
  camera: `guest-${index}/video`,
  screen: null,
  microphone: `guest-${index}/audio`,
  screenAudio: null,
  cameraMuted: false,
  microphoneMuted: false,
}));
const profile: OutputProfile = {
  video: run.passthrough
    ? null
    : {
        codec: 'h264',
        width: encoding.width,
        height: encoding.height,
        bitrateBps: encoding.bitrateBps,
        keyFrameIntervalMs: encoding.keyFrameIntervalMs,
      },
  audio: { codec: 'aac', bitrateBps: 128_000 },
};

const startedAtMs = performance.timeOrigin + performance.now();
const nowMs = (): number => performance.timeOrigin + performance.now() - startedAtMs;
const compositor = createCompositor({
  canvas: run.passthrough ? null : { width: encoding.width, height: encoding.height },
  engine: run.engine,
  look: {
    layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 25 },
    theme: 'DARK',
    labels: true,
    backgroundColor: null,
    backgroundFile: null,
    watermarks: [],
  },
  scene: { people, activeSpeakerId: null, pinnedIds: [] },
  startedAtMs,
  requestKeyFrame: () => undefined,
  onRestart: (reason) => void process.stderr.write(`restarted: ${reason}\n`),
  onFailure: (error) => {
    throw error;
  },
});

let frames = 0;
let bytes = 0;
const receive = (frame: EncodedFrame): void => {
  if (frames === 0) {
    process.stdout.write(`first frame after ${nowMs().toFixed(1)} ms\n`);
  }
  frames += 1;
  bytes += frame.data.byteLength;
};
for (let output = 0; output < run.outputs; output += 1) {
  compositor.addOutput(profile, receive);
}

let [pictures, sounds] = [0, 0];
let feeding: NodeJS.Timeout | undefined;
/** Each frame when it is due, as packets come to a media worker. */
const feed = (): void => {
  for (; pictures * pictureMs <= nowMs(); pictures += 1) {
    const index = pictures % clip.pictures.length;
    const data = clip.pictures[index];
    if (data === undefined) {
      continue;
    }
    const key = index % (2 * clipTraits.framesPerSecond) === 0;
    const frame: EncodedFrame = { kind: 'video', codec: 'vp8', timestampMs: pictures * pictureMs, key, data };
    for (const { camera } of people) {
      if (run.passthrough) {
        receive(frame);
      } else if (camera !== null) {
        compositor.push(camera, frame);
      }
    }
  }
  for (; sounds * clipTraits.audioMs <= nowMs(); sounds += 1) {
    const data = clip.sounds[sounds % clip.sounds.length];
    if (data === undefined) {
      continue;
    }
    const timestampMs = sounds * clipTraits.audioMs;
    const frame: EncodedFrame = { kind: 'audio', codec: 'opus', timestampMs, key: true, data };
    for (const { microphone } of people) {
      if (microphone !== null) {
        compositor.push(microphone, frame);
      }
    }
  }
  const nextMs = Math.min(pictures * pictureMs, sounds * clipTraits.audioMs);
  feeding = setTimeout(feed, Math.max(1, Math.ceil(nextMs - nowMs())));
};
feed();

process.once('SIGTERM', () => {
  clearTimeout(feeding);
  const stats = compositor.stats();
  void compositor.close().then(() => {
    process.stdout.write(`figures ${JSON.stringify({ frames, bytes, ...stats })}\n`);
  });
});
