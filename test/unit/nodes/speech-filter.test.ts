import { describe, expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { speechFilter } from '../../../nodes/shared/events/speech-filter.ts';

const said = (participantName: string, text: string, isFinal = true): RoomflowEvent => ({
  epoch: 'e',
  seq: 1,
  id: 'evt-1',
  type: 'transcription-text',
  roomId: 'room-a',
  sessionId: 'session-a',
  at: '2026-05-04T09:00:12.300Z',
  data: {
    roomId: 'room-a',
    meetingId: 'room-a',
    sessionId: 'session-a',
    id: 'trn-1',
    transcriptionId: 'trn-1',
    type: 'realtime',
    stepId: 'step-1',
    recordingId: null,
    participantId: participantName.toLowerCase(),
    participantName,
    segmentId: 'seg-1',
    text,
    isFinal,
    startMs: 0,
    endMs: 1000,
    language: null,
    timestamp: 0,
  },
});

describe('what is said and starts a workflow', () => {
  const all = speechFilter({ finalOnly: true });

  it('is whatever was said to its end when nothing else is asked for', () => {
    expect(all(said('Ann', 'hello'))).toBe(true);
    expect(all(said('Ann', 'hel', false))).toBe(false);
    expect(speechFilter({ finalOnly: false })(said('Ann', 'hel', false))).toBe(true);
  });

  it('is by somebody whose name contains a text, or who has it as ID', () => {
    const byAnn = speechFilter({ finalOnly: true, speakerContains: ' AN ' });
    expect(byAnn(said('Joanna', 'hello'))).toBe(true);
    expect(byAnn(said('Ben', 'an orange'))).toBe(false);
  });

  it('holds any of several keywords, in upper or lower case', () => {
    const some = speechFilter({ finalOnly: true, textContains: 'refund, my contract\n' });
    expect(some(said('Ann', 'A Refund please'))).toBe(true);
    expect(some(said('Ann', 'I cancel my contract'))).toBe(true);
    expect(some(said('Ann', 'the contract'))).toBe(false);
  });

  it('leaves out those named, and nobody whose name only contains theirs', () => {
    const others = speechFilter({ finalOnly: true, notSaidBy: 'Ann, robot' });
    expect(others(said('Ann', 'hello'))).toBe(false);
    expect(others(said('Robot', 'hello'))).toBe(false);
    expect(others(said('Anna', 'hello'))).toBe(true);
  });

  it('lets other events through', () => {
    const strict = speechFilter({ finalOnly: true, textContains: 'x', speakerContains: 'y' });
    const ended: RoomflowEvent = {
      ...said('Ann', ''),
      type: 'session-ended',
      data: { roomId: 'r', meetingId: 'r', sessionId: 's', start: '', end: '', reason: 'left' },
    };
    expect(strict(ended)).toBe(true);
  });
});
