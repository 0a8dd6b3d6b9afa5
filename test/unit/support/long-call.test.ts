import { describe, expect, it } from 'vitest';
import { flowBetween, frozenWindows } from '../../support/long-call/flow.ts';
import type { ReceivedFigures } from '../../support/long-call/peer-figures.ts';
import { growthOfLowest, growthPerHour } from '../../support/long-call/trend.ts';

const track = (trackId: string, kind: 'audio' | 'video', figures: Partial<ReceivedFigures>) => ({
  ...{ trackId, kind, framesDecoded: 0, height: 0, audioEnergy: 0, packetsReceived: 0, freezeSeconds: 0 },
  ...{ repeatsReceived: 0, nacksSent: 0, keyFrameRequests: 0, ...figures },
});

describe('the flow between two looks', () => {
  it('counts the tracks that went on, those that are new included', () => {
    const before = [
      track('still', 'video', { framesDecoded: 50, height: 360 }),
      track('moving', 'video', { framesDecoded: 50, height: 360 }),
      track('silent', 'audio', { audioEnergy: 1 }),
    ];
    const after = [
      track('still', 'video', { framesDecoded: 50, height: 360 }),
      track('moving', 'video', {
        framesDecoded: 110,
        height: 180,
        packetsReceived: 200,
        keyFrameRequests: 1,
      }),
      track('new', 'video', { framesDecoded: 40, height: 360 }),
      track('silent', 'audio', { audioEnergy: 1 }),
      track('heard', 'audio', { audioEnergy: 0.1 }),
    ];
    expect(flowBetween('ada', { atMs: 2000, received: before }, { atMs: 4000, received: after })).toEqual({
      ...{ guest: 'ada', endMs: 4000, movingPictures: 2, audibleSounds: 1 },
      ...{ framesPerSecond: 50, lowestHeight: 180, packets: 200, keyFrameRequests: 1 },
    });
  });

  it('is frozen where a track is missing, but not right after a break of the network', () => {
    const window = (endMs: number, movingPictures: number, audibleSounds = 2) => ({
      ...{ guest: 'ada', endMs, movingPictures, audibleSounds, framesPerSecond: 30, lowestHeight: 360 },
      ...{ packets: 100, keyFrameRequests: 0 },
    });
    const windows = [window(2000, 2), window(4000, 1), window(6000, 1), window(8000, 2, 1)];
    expect(frozenWindows(windows, 2, [3000], 2000)).toEqual([windows[2], windows[3]]);
  });
});

describe('a trend', () => {
  it('is the slope of the line through the points', () => {
    const points = [0, 1, 2, 3].map((minute) => ({ atMs: minute * 60_000, value: 10 + minute / 2 }));
    expect(growthPerHour(points)).toBeCloseTo(30);
    expect(growthPerHour(points.slice(0, 1))).toBe(0);
  });

  it('compares what is left after collections, not what lies between them', () => {
    expect(growthOfLowest([10, 30, 11, 31, 10, 29, 12, 33, 13])).toBe(2);
  });
});
