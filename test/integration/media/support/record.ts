import { createRecorder } from '../../../../runtime/media/index.ts';
import type {
  EncodedFrame,
  RecordedFile,
  Recorder,
  RecorderOptions,
} from '../../../../runtime/media/index.ts';

export type RecordedSession = {
  files: RecordedFile[];
  failures: Error[];
  keyFrameRequests: number;
  stats: ReturnType<Recorder['stats']>;
};

/**
 * Records frames in simulated time: each frame arrives 40 ms after its capture, and the recorder is told the time
 * ten times a second.
 */
export const recordFrames = async (
  frames: EncodedFrame[],
  options: Pick<RecorderOptions, 'directory'> & Partial<RecorderOptions> & { endMs: number },
  at: (nowMs: number, recorder: Recorder) => void = () => undefined,
): Promise<RecordedSession> => {
  const { endMs, ...recorderOptions } = options;
  const failures: Error[] = [];
  let keyFrameRequests = 0;
  const startMs = recorderOptions.startMs ?? 0;
  const recorder = createRecorder({
    fileBaseName: 'recording',
    mode: 'video-and-audio',
    startMs,
    requestKeyFrame: () => keyFrameRequests++,
    onFailure: (error) => failures.push(error),
    onFile: () => undefined,
    ...recorderOptions,
  });
  const sorted = frames.toSorted((a, b) => a.timestampMs - b.timestampMs);
  let next = 0;
  for (let nowMs = startMs; nowMs <= endMs; nowMs += 100) {
    while (next < sorted.length && sorted[next]!.timestampMs + 40 <= nowMs) recorder.write(sorted[next++]!);
    at(nowMs, recorder);
    recorder.tick(nowMs);
    // The disk has its turn, as it would between two ticks.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const files = await recorder.finish(endMs);
  return { files, failures, keyFrameRequests, stats: recorder.stats() };
};
