import { beforeAll, describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../runtime/media/index.ts';
import { SpeechDecoder } from '../../../../runtime/media/speech/speech-decoder.ts';
import { encodeSpeech, speak } from '../../../support/speech/index.ts';

const START_MS = 5000;
const FRAME_MS = 20;
const LOUD = 1000;

let frames: EncodedFrame[];
let spoken: { startMs: number; endMs: number };

beforeAll(async () => {
  const speech = await speak([{ text: 'hello', voice: 'slt' }]);
  spoken = speech.lines[0]!;
  frames = (await encodeSpeech(speech)).frames.map(({ data }, index) => ({
    kind: 'audio',
    codec: 'opus',
    key: true,
    timestampMs: START_MS + index * FRAME_MS,
    data,
  }));
});

type Block = { atMs: number; peak: number };

async function decode(sent: readonly EncodedFrame[], fromMs = 0): Promise<Block[]> {
  const blocks: Block[] = [];
  const decoder = new SpeechDecoder(fromMs, (samples, atMs) => {
    blocks.push({ atMs, peak: samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) });
  });
  await decoder.ready;
  for (const frame of sent) decoder.push(frame);
  decoder.close();
  return blocks;
}

const loudSpan = (blocks: readonly Block[]): [number, number] => {
  const loud = blocks.filter(({ peak }) => peak > LOUD);
  return [loud[0]?.atMs ?? NaN, (loud.at(-1)?.atMs ?? NaN) + FRAME_MS];
};

describe('the sound of a speaker', () => {
  it('is placed at the time at which it was said', async () => {
    const [startMs, endMs] = loudSpan(await decode(frames));
    expect(Math.abs(startMs - START_MS - spoken.startMs)).toBeLessThan(60);
    expect(Math.abs(endMs - START_MS - spoken.endMs)).toBeLessThan(60);
  });

  it('keeps its time over lost packets and stretches that were not sent: silence stands in, without a hole', async () => {
    const holey = frames.filter((_, index) => index % 50 !== 7 && !(index > 5 && index < 30));
    const blocks = await decode(holey);
    expect(blocks).toHaveLength(frames.length);
    blocks.forEach(({ atMs }, index) => {
      expect(atMs).toBe(START_MS + index * FRAME_MS);
    });
    expect(loudSpan(blocks)).toEqual(loudSpan(await decode(frames)));
  });

  it('is not filled up over minutes of absence', async () => {
    const back = frames.map((frame) => ({ ...frame, timestampMs: frame.timestampMs + 600_000 }));
    const blocks = await decode([...frames, ...back]);
    expect(blocks.length).toBeLessThan(2 * frames.length + 100);
    expect(blocks.at(-1)?.atMs).toBe(back.at(-1)?.timestampMs);
  });

  it('follows a session clock that is slewed, block by block', async () => {
    const slewed = frames.map((frame, index) => ({ ...frame, timestampMs: frame.timestampMs + index * 0.1 }));
    const blocks = await decode(slewed);
    expect(blocks).toHaveLength(frames.length);
    expect(blocks.at(-1)?.atMs).toBeCloseTo(slewed.at(-1)?.timestampMs ?? 0, 1);
  });

  it('is given out from a chosen time on, for what was heard before', async () => {
    const blocks = await decode(frames, START_MS + 500);
    expect(blocks[0]?.atMs).toBe(START_MS + 500);
  });

  it('leaves out what is no Opus', async () => {
    const broken: EncodedFrame = { ...frames[0]!, data: Uint8Array.of(0xff) };
    expect(await decode([broken, { ...broken, data: new Uint8Array(0) }])).toEqual([]);
  });
});
