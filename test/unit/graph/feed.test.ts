import { describe, expect, it } from 'vitest';
import type { StepState } from '../../../runtime/contract/index.ts';
import { feedFrom } from '../../../runtime/graph/feed.ts';
import type { StoredStep } from '../../../runtime/store/index.ts';

const step = (id: string, type: string, params: Record<string, unknown>, participantId: string | null) =>
  ({
    id,
    type,
    roomId: 'room',
    sessionId: 'session',
    participantId,
    trackIds: [],
    params,
    state: 'running' as StepState,
    reason: 'requested',
    paused: false,
    recordingId: null,
    fromStepId: null,
    progress: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
  }) satisfies StoredStep;

const live = new Map<string, StoredStep>(
  [
    step('tap', 'tap', { participantId: 'ada', kinds: ['audio'] }, 'ada'),
    step(
      'picture',
      'compose',
      { config: { quality: 'low' }, participants: [{ participantId: 'ada' }] },
      null,
    ),
    step('file', 'record', { source: 'room' }, null),
  ].map((one) => [one.id, one]),
);

type Body = Parameters<typeof feedFrom>[0];
const feed = (body: Body, sessionId = 'session') => feedFrom(body, sessionId, (id) => live.get(id));

describe('what a step is fed', () => {
  it('is what it was given when it names no other step', () => {
    expect(feed({ step: 'record', with: { source: 'room' } })).toEqual({ source: 'room' });
  });

  it('is the participant and the kinds of a tap', () => {
    expect(feed({ step: 'record', with: {}, from: 'tap' })).toEqual({ participantId: 'ada', mode: 'audio' });
  });

  it('is the participant of a tap, for a transcription of that one alone', () => {
    expect(feed({ step: 'transcribe', with: { language: 'en' }, from: 'tap' })).toEqual({
      language: 'en',
      participantIds: ['ada'],
    });
  });

  it.each([
    { step: 'transcribe', with: { participantIds: ['bob'] }, from: 'tap' },
    { step: 'transcribe', with: {}, from: 'picture' },
    { step: 'play', with: { text: 'Hello' }, from: 'picture' },
  ] as const)('is refused where it would not be taken: %o', (body) => {
    expect(() => feed(body)).toThrow(expect.objectContaining({ code: 'invalid-step-params' }));
  });

  it.each(['record', 'rtmp', 'hls'] as const)('is the composition of a compose step, for %s', (type) => {
    expect(feed({ step: type, with: { metadata: 1 }, from: 'picture' })).toEqual({
      metadata: 1,
      ...(type === 'record' ? { source: 'room' } : {}),
      config: { quality: 'low' },
      participants: [{ participantId: 'ada' }],
    });
  });

  it.each<[string, Body, string]>([
    [
      'a picture of its own beside a compose step',
      { step: 'hls', with: { config: {} }, from: 'picture' },
      'invalid-step-params',
    ],
    ['a composition from a tap', { step: 'hls', with: {}, from: 'tap' }, 'invalid-step-params'],
    ['a composition of a composition', { step: 'compose', with: {}, from: 'picture' }, 'invalid-step-params'],
    ['frames from a recording', { step: 'record', with: {}, from: 'file' }, 'invalid-step-params'],
    ['a step that is not there', { step: 'record', with: {}, from: 'gone' }, 'step-not-running'],
    [
      'another participant than the tap’s',
      { step: 'record', with: { participantId: 'bob' }, from: 'tap' },
      'invalid-step-params',
    ],
  ])('is never %s', (_what, body, code) => {
    expect(() => feed(body)).toThrow(expect.objectContaining({ code }));
  });

  it('is never a step of another session', () => {
    expect(() => feed({ step: 'record', with: {}, from: 'picture' }, 'other')).toThrow(/not a running step/);
  });
});
