/**
 * Records frames in real time until it is killed. Arguments: a file of serialised frames, the folder to record into.
 * Prints the session time, in milliseconds, each time it has written.
 */
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { createRecorder } from '../../../../runtime/media/index.ts';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';

const print = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const [, , framesPath, directory, muteVideoAt] = process.argv;
const frames = deserialize(readFileSync(framesPath!)) as EncodedFrame[];
const recorder = createRecorder({
  directory: directory!,
  fileBaseName: 'recording',
  mode: 'video-and-audio',
  startMs: 0,
  requestKeyFrame: () => undefined,
  onOpen: (path) => print({ path }),
  onFailure: (error) => print({ failure: error.message }),
  onFile: (file) => print({ file }),
});
const beganAt = performance.now();
let next = 0;
let muted = false;
const timer = setInterval(() => {
  const nowMs = performance.now() - beganAt;
  while (next < frames.length && frames[next]!.timestampMs + 40 <= nowMs) recorder.write(frames[next++]!);
  if (muteVideoAt !== undefined && !muted && nowMs >= Number(muteVideoAt)) {
    muted = true;
    recorder.setMuted('video', true);
  }
  print({ nowMs });
  if (next === frames.length) {
    clearInterval(timer);
    void recorder.finish(nowMs);
  }
}, 20);
const ticks = setInterval(() => {
  recorder.tick(performance.now() - beganAt);
  if (next === frames.length) clearInterval(ticks);
}, 250);
