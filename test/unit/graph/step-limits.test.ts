import { describe, expect, it } from 'vitest';
import { RoomflowError } from '../../../runtime/contract/index.ts';
import type { LiveComposition } from '../../../runtime/graph/live-composition.ts';
import { requireWithinLimits } from '../../../runtime/graph/step-limits.ts';
import type { StoredStep } from '../../../runtime/store/index.ts';

const limits = { stepsPerRoom: 3, encoders: 2 };

const stepIn = (roomId: string, type: string, composition: LiveComposition | null = null) => {
  const stored: StoredStep = {
    ...{ id: `stp_${type}`, type, roomId, sessionId: `ses_${roomId}`, participantId: null, trackIds: [] },
    ...{ params: {}, state: 'running', reason: '', paused: false, recordingId: null, fromStepId: null },
    ...{ progress: {}, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null },
  };
  return { stored, composition };
};

const composition = (mode: 'video-and-audio' | 'audio' = 'video-and-audio'): LiveComposition => {
  const request = { config: { mode } };
  return { id: 'cmp_1', sessionId: 'ses_one', asked: request, made: request };
};

/** What is said of a step that is one too many; null when it may begin. */
function refused(
  live: Parameters<typeof requireWithinLimits>[1],
  roomId: string,
  asked: LiveComposition | null = null,
): string | null {
  try {
    requireWithinLimits(limits, live, roomId, asked);
    return null;
  } catch (error) {
    const { code, message } = RoomflowError.from(error);
    return `${code}: ${message}`;
  }
}

describe('the steps of a room', () => {
  it('are as many as the setting says, and the one too many is told what runs', () => {
    const two = [stepIn('one', 'record'), stepIn('one', 'tap')];
    expect(refused(two, 'one')).toBeNull();
    expect(refused([...two, stepIn('one', 'record')], 'one')).toBe(
      'too-many-steps: 3 steps run in room "one" (2 record, 1 tap), and maxStepsPerRoom is 3. Stop some, or raise the setting.',
    );
  });

  it('do not count in other rooms', () => {
    const full = [stepIn('one', 'record'), stepIn('one', 'tap'), stepIn('one', 'tap')];
    expect(refused(full, 'other')).toBeNull();
  });
});

describe('the pictures that a host composes', () => {
  it('are as many as the setting says over all rooms, and the one too many is told how many there are', () => {
    const one = [stepIn('one', 'record', composition())];
    expect(refused(one, 'other', composition())).toBeNull();
    expect(refused([...one, stepIn('two', 'hls', composition())], 'other', composition())).toBe(
      'too-many-encoders: 2 composed pictures are encoded on this host, and maxEncoders is 2. Ask for a picture that runs already, stop one, or raise the setting.',
    );
  });

  it('count once however many steps show them, and a further one may always join', () => {
    const shared = composition();
    const live = [
      stepIn('one', 'record', shared),
      stepIn('one', 'hls', shared),
      stepIn('two', 'hls', composition()),
    ];
    expect(refused(live.slice(0, 2), 'two', composition())).toBeNull();
    expect(refused(live, 'three', shared)).toBeNull();
  });

  it('are not what is made of sound alone, nor what takes a participant as it is', () => {
    const sounds = [
      stepIn('one', 'record', composition('audio')),
      stepIn('two', 'record', composition('audio')),
    ];
    expect(refused(sounds, 'three', composition())).toBeNull();
    const pictures = [stepIn('one', 'record', composition()), stepIn('two', 'record', composition())];
    expect(refused(pictures, 'three', composition('audio'))).toBeNull();
    expect(refused(pictures, 'three', null)).toBeNull();
  });
});
