import { SPEECH_SAMPLE_RATE, speak, type Line, type Speech, type SpokenLine } from '../speech/index.ts';

/** A line and when it is begun, in milliseconds from the beginning of the sound it is in. */
export type PlacedLine = Line & { atMs: number };

/** Lines said at their times, in silence of `durationMs` in all. */
export async function speakAt(lines: readonly PlacedLine[], durationMs: number): Promise<Speech> {
  const samples = new Int16Array((durationMs * SPEECH_SAMPLE_RATE) / 1000);
  const placed: SpokenLine[] = [];
  for (const { atMs, ...line } of lines) {
    const speech = await speak([line], { leadMs: 0, tailMs: 0 });
    const at = (atMs * SPEECH_SAMPLE_RATE) / 1000;
    samples.set(speech.samples.subarray(0, samples.length - at), at);
    placed.push(
      ...speech.lines.map((said) => ({ ...said, startMs: said.startMs + atMs, endMs: said.endMs + atMs })),
    );
  }
  return { lines: placed, samples, durationMs };
}
