import { describe, expect, it } from 'vitest';
import { opusPacketDurationMs } from '../../../runtime/media/bitstream/index.ts';
import { AudioTimeline } from '../../../runtime/media/recording/audio-timeline.ts';
import { ComposedAudioTimeline } from '../../../runtime/media/recording/composed-audio-timeline.ts';
import { RecordingClock } from '../../../runtime/media/recording/recording-clock.ts';

const FRAME = Uint8Array.of(0xfc, 1);

const openAudio = (timestamped: boolean) => {
  const written: { silence: boolean; atMs: number; durationMs: number }[] = [];
  const timeline = new AudioTimeline(
    (data, atMs, durationMs) => written.push({ silence: data !== FRAME, atMs, durationMs }),
    timestamped,
  );
  return { timeline, written };
};

describe('the audio timeline', () => {
  it('fills the time before the first frame, and holes, with silence', () => {
    const { timeline, written } = openAudio(true);
    timeline.write(FRAME, 100);
    timeline.write(FRAME, 120);
    timeline.write(FRAME, 200);
    expect(written.map(({ silence }) => silence)).toEqual([
      ...[true, true, true, true, true],
      ...[false, false],
      ...[true, true, true],
      false,
    ]);
    expect(written.at(-1)!.atMs).toBe(200);
  });

  it.each([
    { container: 'with timestamps', timestamped: true, limitMs: 5 },
    { container: 'without timestamps', timestamped: false, limitMs: 26 },
  ])(
    'stays by the clock for 10 minutes of 100 ppm drift in containers $container',
    ({ timestamped, limitMs }) => {
      for (const ppm of [100, -100]) {
        const { timeline, written } = openAudio(timestamped);
        let worstMs = 0;
        for (let i = 0; i < 30_000; i++) {
          const trueMs = i * 20 * (1 + ppm / 1e6);
          timeline.write(FRAME, trueMs);
          const last = written.at(-1)!;
          if (!last.silence) worstMs = Math.max(worstMs, Math.abs(last.atMs - trueMs));
        }
        expect(worstMs).toBeLessThan(limitMs);
        for (let i = 1; i < written.length; i++)
          expect(written[i]!.atMs).toBeGreaterThan(written[i - 1]!.atMs);
      }
    },
  );

  it('leaves out frames whose place is already taken by silence', () => {
    const { timeline } = openAudio(true);
    timeline.fillTo(1000);
    timeline.write(FRAME, 500);
    expect(timeline.lateFrames).toBe(1);
    expect(timeline.endMs).toBe(1000);
  });
});

describe('the recording clock', () => {
  it('counts from the start without pauses', () => {
    const clock = new RecordingClock(1000);
    expect(clock.toRecordingMs(1500)).toBe(500);
    clock.pause(2000);
    expect(clock.toRecordingMs(1999)).toBe(999);
    expect(clock.toRecordingMs(2500)).toBeUndefined();
    expect(clock.elapsedMs(2500)).toBe(1000);
    clock.resume(5000);
    expect(clock.toRecordingMs(4999)).toBeUndefined();
    expect(clock.toRecordingMs(5000)).toBe(1000);
    clock.pause(6000);
    clock.resume(7000);
    expect(clock.toRecordingMs(7500)).toBe(2500);
  });
});

describe('Opus packets (RFC 6716)', () => {
  it.each([
    { packet: [0xf8], durationMs: 20 },
    { packet: [0xfc], durationMs: 20 },
    { packet: [0x08], durationMs: 20 },
    { packet: [0x78], durationMs: 20 },
    { packet: [0xf9], durationMs: 40 },
    { packet: [0xe0], durationMs: 2.5 },
    { packet: [0xfb, 0x03], durationMs: 60 },
    { packet: [0xfb, 0x3f], durationMs: 0 },
    { packet: [], durationMs: 0 },
  ])('last as long as their first bytes say: $packet is $durationMs ms', ({ packet, durationMs }) => {
    expect(opusPacketDurationMs(Uint8Array.from(packet))).toBe(durationMs);
  });
});

describe('the sound of a composition', () => {
  const SOUND = Uint8Array.of(0x21, 1);
  const FRAME_MS = (1024 * 1000) / 48_000;
  const open = () => {
    const written: { silence: boolean; atMs: number }[] = [];
    const timeline = new ComposedAudioTimeline('aac', (data, atMs) =>
      written.push({ silence: data !== SOUND, atMs }),
    );
    return { timeline, written };
  };

  it('lies end to end from its first frame on, to the sample, over half an hour', () => {
    const { timeline, written } = open();
    const frames = 100_000;
    for (let i = 0; i < frames; i++) timeline.write(SOUND, 7 + i * FRAME_MS);
    expect(written).toHaveLength(frames);
    expect(written.at(-1)!.atMs).toBeCloseTo(7 + (frames - 1) * FRAME_MS, 3);
    expect(timeline.silenceMs).toBe(0);
  });

  it('is silent where frames are missing, once the next one has come', () => {
    const { timeline, written } = open();
    timeline.write(SOUND, 0);
    timeline.write(SOUND, FRAME_MS * 4);
    expect(written.map(({ silence }) => silence)).toEqual([false, true, true, true, false]);
  });

  it('takes a frame once', () => {
    const { timeline, written } = open();
    timeline.write(SOUND, 0);
    timeline.write(SOUND, 1);
    expect(written).toHaveLength(1);
    expect(timeline.lateFrames).toBe(1);
  });
});
