/** Where a stream begins and ends in its file, on the file's own clock. */
export type Span = { startSeconds: number; endSeconds: number };

/**
 * Maps a sample's index in the decoded sound to the time its file gives it.
 *
 * Counting samples alone would hide every gap and overlap in the file's timestamps, which is just what a test
 * of a recording wants to see.
 */
export type SampleTimeline = {
  sampleRate: number;
  /** Index of the first sample of each decoded frame, ascending. */
  frameStarts: number[];
  /** Presentation time of each decoded frame. */
  frameSeconds: number[];
  sampleCount: number;
};

/** The presentation time of a sample; fractions of a sample are kept. */
export function secondsOfSample(timeline: SampleTimeline, sample: number): number {
  const { frameStarts, frameSeconds, sampleRate } = timeline;
  let low = 0;
  let high = frameStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((frameStarts[middle] ?? 0) <= sample) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return (frameSeconds[low] ?? 0) + (sample - (frameStarts[low] ?? 0)) / sampleRate;
}

/** From the first sample to the end of the last one; undefined when there is no sound. */
export function spanOfSamples(timeline: SampleTimeline): Span | undefined {
  const startSeconds = timeline.frameSeconds[0];
  if (startSeconds === undefined) {
    return undefined;
  }
  return { startSeconds, endSeconds: secondsOfSample(timeline, timeline.sampleCount) };
}

/** From the first picture to the end of the last one, which is taken to last as long as the one before it. */
export function spanOfFrames(frameSeconds: readonly number[]): Span | undefined {
  const startSeconds = frameSeconds[0];
  const last = frameSeconds.at(-1);
  if (startSeconds === undefined || last === undefined) {
    return undefined;
  }
  return { startSeconds, endSeconds: last + (last - (frameSeconds.at(-2) ?? last)) };
}
