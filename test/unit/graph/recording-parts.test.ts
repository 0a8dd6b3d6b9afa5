import { describe, expect, it } from 'vitest';
import { soundsOfFile } from '../../../runtime/graph/merge-sounds.ts';
import { pausedBetween, type Pause } from '../../../runtime/graph/recording-parts.ts';
import type { StoredFile } from '../../../runtime/store/index.ts';

describe('how long a recording was paused between two moments', () => {
  const pauses: Pause[] = [
    [1000, 3000],
    [5000, 6000],
    [9000, null],
  ];
  it.each([
    { fromMs: 0, toMs: 500, pausedMs: 0 },
    { fromMs: 0, toMs: 8000, pausedMs: 3000 },
    { fromMs: 2000, toMs: 5500, pausedMs: 1500 },
    { fromMs: 0, toMs: 10_000, pausedMs: 4000 },
    { fromMs: 3000, toMs: 5000, pausedMs: 0 },
  ])('from $fromMs to $toMs ms is $pausedMs ms', ({ fromMs, toMs, pausedMs }) => {
    expect(pausedBetween(pauses, fromMs, toMs)).toBe(pausedMs);
  });
});

describe('where in the session the sound of a file lies', () => {
  const file = {
    path: '/recordings/ada.webm',
    audioCodec: 'opus',
    startMs: 1000,
    durationSeconds: 6,
  } as StoredFile;
  const placed = (pauses: Pause[]) =>
    soundsOfFile(file, pauses).map(({ startMs, endMs, stretch }) => [
      [startMs, endMs],
      [stretch.fromMs, stretch.toMs],
    ]);

  it('is in one stretch when it was never paused', () => {
    expect(placed([])).toEqual([
      [
        [1000, 7000],
        [0, 6000],
      ],
    ]);
  });

  it('is in the stretches between pauses', () => {
    expect(
      placed([
        [3000, 10_000],
        [11_000, 11_500],
      ]),
    ).toEqual([
      [
        [1000, 3000],
        [0, 2000],
      ],
      [
        [10_000, 11_000],
        [2000, 3000],
      ],
      [
        [11_500, 14_500],
        [3000, 6000],
      ],
    ]);
  });

  it('knows nothing of pauses before and after the file, nor of one that was not ended', () => {
    expect(
      placed([
        [0, 900],
        [7500, 9000],
        [9500, null],
      ]),
    ).toEqual([
      [
        [1000, 7000],
        [0, 6000],
      ],
    ]);
  });

  it('is nowhere when the file has none', () => {
    expect(soundsOfFile({ ...file, audioCodec: null }, [])).toEqual([]);
  });
});
