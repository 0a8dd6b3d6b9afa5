import { readFile, stat, truncate, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  analyseBeepAndFlash,
  analysePicture,
  analyseSound,
  pictureAt,
  writeSyntheticFile,
  type SyntheticFileOptions,
} from '../../support/oracle/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory[Symbol.asyncDispose]());

async function synthetic(name: string, options: SyntheticFileOptions): Promise<string> {
  const path = directory.entry(name);
  await writeSyntheticFile(path, options);
  return path;
}
const webm = { audioCodec: 'libopus', videoCodec: 'libvpx' };

describe('the beep-and-flash oracle', () => {
  it('measures no offset and misses nothing where there is no fault', async () => {
    const report = await analyseBeepAndFlash(await synthetic('faultless.nut', { seconds: 12 }));
    expect(report).toMatchObject({ beepShare: 1, flashShare: 1, decodeErrors: [] });
    expect(report.beeps).toHaveLength(11);
    for (const [index, beep] of report.beeps.entries()) {
      expect(Math.abs(beep - (index + 1))).toBeLessThan(0.002);
    }
    expect(Math.abs(report.offsetMedianMs)).toBeLessThan(2);
    expect(report.offsetP95Ms).toBeLessThan(2);
    expect(Math.abs(report.driftMs)).toBeLessThan(2);
    expect(report.beepCadence.intervalMaxMs).toBeLessThan(2);
    expect(report.durationSeconds).toBeCloseTo(12, 1);
  });

  it.each([
    { videoDelayMs: 80, name: 'late.webm' },
    { videoDelayMs: -120, name: 'early.webm' },
  ])(
    'measures a picture that is $videoDelayMs ms late, through lossy codecs',
    async ({ videoDelayMs, name }) => {
      const path = await synthetic(name, { seconds: 12, videoDelayMs, ...webm });
      const report = await analyseBeepAndFlash(path);
      expect(report).toMatchObject({ videoCodec: 'vp8', audioCodec: 'opus', beepShare: 1, flashShare: 1 });
      // Opus looks 6.5 ms ahead, and not every muxer makes good for it.
      expect(Math.abs(report.offsetMedianMs - videoDelayMs)).toBeLessThan(8);
      expect(report.offsetP95Ms).toBeGreaterThan(Math.abs(videoDelayMs) - 8);
    },
  );

  it('measures sound that drifts away from the picture', async () => {
    const report = await analyseBeepAndFlash(await synthetic('drift.nut', { seconds: 60, soundDriftMs: 60 }));
    // The beeps come later and later, so the flashes are more and more early.
    expect(Math.abs(report.driftMs + 60)).toBeLessThan(5);
    expect(Math.abs(report.beepCadence.driftMs - 60)).toBeLessThan(5);
    expect(Math.abs(report.flashCadence.driftMs)).toBeLessThan(2);
  });

  it('counts missing beeps and flashes, each for itself', async () => {
    const report = await analyseBeepAndFlash(
      await synthetic('missing.nut', { seconds: 21, withoutBeeps: [3, 4], withoutFlashes: [10] }),
    );
    expect(report.expected).toEqual({ beeps: 20, flashes: 20 });
    expect(report.beepShare).toBeCloseTo(0.9);
    expect(report.flashShare).toBeCloseTo(0.95);
    expect(report.offsetP95Ms).toBeLessThan(2);
  });

  it('counts what a recording that ends too early has lost', async () => {
    const report = await analyseBeepAndFlash(await synthetic('short.nut', { seconds: 6 }), {
      expectedSeconds: 10,
    });
    expect(report.expected).toEqual({ beeps: 10, flashes: 10 });
    expect(report.beepShare).toBeCloseTo(0.5);
  });

  it('keeps to presentation times when the frame rate varies', async () => {
    const path = await synthetic('variable.nut', {
      seconds: 12,
      videoFilter: `select='not(between(mod(t,1),0.2,0.8))'`,
    });
    const report = await analyseBeepAndFlash(path);
    expect(report.flashShare).toBe(1);
    expect(report.offsetP95Ms).toBeLessThan(2);
  });

  it('does not take another tone for a beep', async () => {
    const report = await analyseBeepAndFlash(await synthetic('other.nut', { seconds: 5, frequencyHz: 440 }));
    expect(report.beeps).toEqual([]);
    expect(report.beepShare).toBe(0);
  });

  it('takes pictures that come close upon each other for no error', async () => {
    const path = await synthetic('jitter.webm', {
      seconds: 6,
      videoFilter: `settb=1/1000,setpts='PTS+29*mod(N,2)'`,
      ...webm,
    });
    const report = await analyseBeepAndFlash(path);
    expect(report).toMatchObject({ frameCount: 180, decodeErrors: [], flashShare: 1 });
  });

  it('reports what cannot be decoded and measures the rest', async () => {
    const path = await synthetic('damaged.webm', { seconds: 12, ...webm });
    const bytes = await readFile(path);
    bytes.fill(0xff, Math.floor(bytes.length * 0.5), Math.floor(bytes.length * 0.52));
    await writeFile(path, bytes);
    const report = await analyseBeepAndFlash(path);
    expect(report.decodeErrors.length).toBeGreaterThan(0);
    expect(report.beeps.length).toBeGreaterThan(5);
  });

  it('fails on a file that cannot be opened', async () => {
    const path = await synthetic('cut.mp4', {
      seconds: 5,
      audioCodec: 'aac',
      videoCodec: 'libx264',
      videoFilter: 'format=yuv420p',
    });
    await truncate(path, Math.floor((await stat(path)).size / 2));
    await expect(analyseBeepAndFlash(path)).rejects.toThrow(/moov atom not found/);
  });
});

describe('the picture oracle', () => {
  it('finds frames, sizes, the longest freeze and the longest gap', async () => {
    const path = await synthetic('gap.nut', {
      seconds: 6,
      videoFilter: `select='not(between(t,2.05,4.45))'`,
    });
    const report = await analysePicture(path);
    expect(report.sizes).toEqual([{ width: 64, height: 36, fromSeconds: 0 }]);
    expect(report.frameCount).toBe(180 - 72);
    expect(report.longestGapMs).toBeGreaterThan(2_390);
    expect(report.longestGapMs).toBeLessThan(2_510);
    expect(report.longestFreezeMs).toBeGreaterThan(report.longestGapMs - 1);
    expect(report.blackShare).toBe(0);
  });

  it('sees what is shown at a moment, and in which part', async () => {
    const path = await synthetic('moment.nut', {
      seconds: 3,
      videoFilter: `drawbox=x=0:w=32:color=black:t=fill`,
    });
    const left = { x: 0, y: 0, width: 0.5, height: 1 };
    const right = { x: 0.5, y: 0, width: 0.5, height: 1 };
    expect((await pictureAt(path, 1.05, { region: right })).meanLuma).toBeGreaterThan(240);
    expect((await pictureAt(path, 1.5, { region: right })).meanLuma).toBeLessThan(40);
    expect((await pictureAt(path, 1.05, { region: left })).isBlack).toBe(true);
    expect((await pictureAt(path)).meanLuma).toBeGreaterThan(100);
  });
});

describe('the sound oracle', () => {
  it('finds the longest silence', async () => {
    const report = await analyseSound(await synthetic('silence.nut', { seconds: 8, withoutBeeps: [3, 4] }));
    expect(report.longestSilenceMs).toBeGreaterThan(2_850);
    expect(report.longestSilenceMs).toBeLessThan(2_950);
    expect(report.longestGapMs).toBeLessThan(1);
  });
});
