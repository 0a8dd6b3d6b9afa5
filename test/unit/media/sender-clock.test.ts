import { describe, expect, it } from 'vitest';
import { createSenderClock } from '../../../runtime/media/index.ts';
import type { SenderClock, TrackClock } from '../../../runtime/media/index.ts';

/** A repeatable source of randomness in [0, 1). */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

type SimulatedTrack = {
  track: TrackClock;
  clockRate: number;
  intervalMs: number;
  /** Time from capture until the packet is sent. */
  encodeMs: number;
  firstReportMs: number;
  firstTimestamp: number;
  nextMs: number;
  nextReportMs: number;
  lastMs: number;
};

const BASE_DELAY_MS = 30;
const EPOCH_MS = 3_900_000_000_000;

/** A sender whose clock runs `driftPpm` fast and whose packets take 30 ms plus up to `jitterMs`. */
const simulate = (options: {
  clock: SenderClock;
  driftPpm: number;
  jitterMs: number;
  seconds: number;
  firstReports?: { audio: number; video: number };
  onFrame: (kind: 'audio' | 'video', capturedMs: number, sessionMs: number) => void;
  distortReport?: (ntpMs: number, capturedMs: number) => number;
}) => {
  const { clock, driftPpm, jitterMs, seconds } = options;
  const random = seeded(7);
  const speed = 1 + driftPpm / 1e6;
  const create = (
    clockRate: number,
    intervalMs: number,
    encodeMs: number,
    firstReportMs: number,
  ): SimulatedTrack => ({
    track: clock.track({ clockRate }),
    clockRate,
    intervalMs,
    encodeMs,
    firstReportMs,
    firstTimestamp: Math.floor(random() * 2 ** 32),
    nextMs: 0,
    nextReportMs: firstReportMs,
    lastMs: -Infinity,
  });
  const tracks = {
    audio: create(48_000, 20, 5, options.firstReports?.audio ?? 2500),
    video: create(90_000, 1000 / 30, 60, options.firstReports?.video ?? 700),
  };
  const kinds = ['audio', 'video'] as const;
  for (;;) {
    const kind = tracks.audio.nextMs <= tracks.video.nextMs ? 'audio' : 'video';
    const one = tracks[kind];
    const capturedMs = one.nextMs;
    if (capturedMs > seconds * 1000) return;
    one.nextMs += one.intervalMs;
    const timestampAt = (ms: number) =>
      (one.firstTimestamp + Math.round((ms * speed * one.clockRate) / 1000)) >>> 0;
    const arrivalMs = capturedMs + one.encodeMs + BASE_DELAY_MS + random() * jitterMs;
    one.track.observe(timestampAt(capturedMs), kinds.indexOf(kind), arrivalMs);
    const sessionMs = one.track.sessionMs(timestampAt(capturedMs));
    expect(sessionMs, `${kind} at ${capturedMs}`).toBeGreaterThanOrEqual(one.lastMs);
    one.lastMs = sessionMs;
    options.onFrame(kind, capturedMs, sessionMs);
    if (capturedMs >= one.nextReportMs) {
      one.nextReportMs += kind === 'audio' ? 5000 : 1000;
      const ntpMs = EPOCH_MS + capturedMs * speed + (random() - 0.5) * 4;
      one.track.senderReport(
        { ntpMs: options.distortReport?.(ntpMs, capturedMs) ?? ntpMs, rtpTimestamp: timestampAt(capturedMs) },
        arrivalMs,
      );
    }
  }
};

describe('the session clock', () => {
  it.each([100, -100])(
    'stays within 40 ms over 10 minutes at %d ppm of drift and 50 ms of jitter',
    (driftPpm) => {
      let worstMs = 0;
      let worstLipSyncMs = 0;
      const newest = { audio: 0, video: 0 };
      simulate({
        clock: createSenderClock(),
        driftPpm,
        jitterMs: 50,
        seconds: 600,
        onFrame(kind, capturedMs, sessionMs) {
          newest[kind] = sessionMs - capturedMs;
          if (capturedMs < 5000) return;
          worstMs = Math.max(worstMs, Math.abs(sessionMs - capturedMs - BASE_DELAY_MS));
          worstLipSyncMs = Math.max(worstLipSyncMs, Math.abs(newest.audio - newest.video));
        },
      });
      expect(worstMs).toBeLessThan(40);
      expect(worstLipSyncMs).toBeLessThan(15);
    },
  );

  it('brings sound and picture within 45 ms of each other a second after both have reported', () => {
    const newest = { audio: 0, video: 0 };
    let worstMs = 0;
    simulate({
      clock: createSenderClock(),
      driftPpm: 30,
      jitterMs: 40,
      seconds: 20,
      firstReports: { audio: 1500, video: 700 },
      onFrame(kind, capturedMs, sessionMs) {
        newest[kind] = sessionMs - capturedMs;
        if (capturedMs > 2500) worstMs = Math.max(worstMs, Math.abs(newest.audio - newest.video));
      },
    });
    expect(worstMs).toBeLessThan(45);
  });

  it('takes no notice of single sender reports that are wrong', () => {
    let worstMs = 0;
    simulate({
      clock: createSenderClock(),
      driftPpm: 50,
      jitterMs: 20,
      seconds: 60,
      distortReport: (ntpMs, capturedMs) =>
        Math.floor(capturedMs / 1000) % 10 === 9 ? ntpMs + 7_000_000 : ntpMs,
      onFrame(_kind, capturedMs, sessionMs) {
        if (capturedMs > 8000) worstMs = Math.max(worstMs, Math.abs(sessionMs - capturedMs - BASE_DELAY_MS));
      },
    });
    expect(worstMs).toBeLessThan(40);
  });

  it('goes on smoothly when the sender sets its wall clock', () => {
    let worstMs = 0;
    simulate({
      clock: createSenderClock(),
      driftPpm: 0,
      jitterMs: 20,
      seconds: 60,
      distortReport: (ntpMs, capturedMs) => (capturedMs > 20_000 ? ntpMs - 3_600_000 : ntpMs),
      onFrame(_kind, capturedMs, sessionMs) {
        if (capturedMs > 8000) worstMs = Math.max(worstMs, Math.abs(sessionMs - capturedMs - BASE_DELAY_MS));
      },
    });
    expect(worstMs).toBeLessThan(40);
  });

  it('follows timestamps across the 32-bit wrap', () => {
    const track = createSenderClock().track({ clockRate: 90_000 });
    const timestampAt = (ms: number) => (2 ** 32 - 900 + ms * 90) >>> 0;
    const placed: number[] = [];
    for (let ms = 0; ms <= 100; ms += 10) {
      track.observe(timestampAt(ms), 1, 1000 + ms);
      placed.push(track.sessionMs(timestampAt(ms)));
    }
    expect(placed.map(Math.round)).toEqual([
      1000, 1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1100,
    ]);
  });

  it('begins anew, and never runs back, when the sender restarts its timestamps', () => {
    const track = createSenderClock().track({ clockRate: 48_000 });
    let last = 0;
    for (let ms = 0; ms < 2000; ms += 20) {
      const restarted = ms >= 1000;
      const timestamp = restarted ? 77_000 + (ms - 1000) * 48 : 3_000_000_000 + ms * 48;
      track.observe(timestamp, restarted ? 2 : 1, 500 + ms);
      const placed = track.sessionMs(timestamp);
      expect(placed).toBeGreaterThanOrEqual(last);
      expect(Math.abs(placed - (500 + ms))).toBeLessThan(5);
      last = placed;
    }
  });

  it('also sees a restart that keeps the synchronisation source', () => {
    const track = createSenderClock().track({ clockRate: 48_000 });
    track.observe(1_000_000, 1, 100);
    track.observe(9_000, 1, 120);
    expect(track.sessionMs(9_000)).toBeGreaterThanOrEqual(100);
    expect(track.sessionMs(9_000)).toBeLessThan(125);
  });
});
