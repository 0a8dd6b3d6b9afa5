import { describe, expect, it } from 'vitest';
import { graphStepTypes, type StepType } from '../../../../runtime/contract/index.ts';
import { feeds } from '../../../../runtime/graph/documents/source-checks.ts';
import { feedFrom } from '../../../../runtime/graph/feed.ts';
import { parseDocument, stepsBelow, stepsEndedBy } from '../../../../runtime/graph/index.ts';
import type { StoredStep } from '../../../../runtime/store/index.ts';
import { graph, joined, started } from './corpus/bad-document.ts';

describe('the steps below an event', () => {
  const document = parseDocument(
    graph({
      joined,
      cut: { on: 'message-sent' },
      c: { do: 'record', from: 'b' },
      b: { do: 'tap', from: 'a' },
      d: { do: 'transcribe', from: 'joined', until: 'cut' },
      a: { do: 'tap', from: 'joined', until: 'cut' },
      other: { do: 'hls', from: 'started', until: 'cut' },
      started,
    }),
  );

  it('come in the order in which they can start: what feeds before what is fed', () => {
    expect(stepsBelow(document, 'joined')).toEqual(['d', 'a', 'b', 'c']);
    expect(stepsBelow(document, 'started')).toEqual(['other']);
    expect(stepsBelow(document, 'cut')).toEqual([]);
  });

  it('end with what feeds them, and only those of the instance', () => {
    expect(stepsEndedBy(document, 'joined', 'cut')).toEqual(['d', 'a', 'b', 'c']);
    expect(stepsEndedBy(document, 'started', 'cut')).toEqual(['other']);
  });
});

describe('which step may feed which', () => {
  const running = (type: StepType): StoredStep => ({
    ...{ id: 'source', type, roomId: 'room', sessionId: 'session', participantId: 'ada', trackIds: [] },
    ...{
      params: {},
      state: 'running',
      reason: 'requested',
      paused: false,
      recordingId: null,
      fromStepId: null,
    },
    ...{ progress: {}, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null },
  });
  const isFedWhenRunning = (source: StepType, step: StepType): boolean => {
    try {
      feedFrom({ step, with: {}, from: 'source' }, 'session', () => running(source));
      return true;
    } catch {
      // Refused, with the reason: which is what is asked for here.
      return false;
    }
  };

  it.each(graphStepTypes)('of a document is what running steps are held to: %s', (source) => {
    for (const step of graphStepTypes) {
      expect([step, feeds[source]?.includes(step) ?? false]).toEqual([step, isFedWhenRunning(source, step)]);
    }
  });
});
