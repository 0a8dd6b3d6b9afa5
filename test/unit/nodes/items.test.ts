import { describe, expect, it } from 'vitest';
import type { Recording, RoomflowEvent } from '../../../runtime/contract/index.ts';
import { joinFilter } from '../../../nodes/ParticipantJoinedTrigger/join-filter.ts';
import { eventItem } from '../../../nodes/shared/events/index.ts';
import { splitList } from '../../../nodes/shared/items/index.ts';
import { hasEnded, recordingItem } from '../../../nodes/shared/output/index.ts';

const scope = { roomId: 'room-a', meetingId: 'room-a', sessionId: 'session-1' };
const joined: RoomflowEvent<'participant-joined'> = {
  epoch: 'log',
  seq: 1,
  id: 'event-1',
  type: 'participant-joined',
  roomId: 'room-a',
  sessionId: 'session-1',
  at: '2026-05-04T09:00:00.000Z',
  data: {
    ...scope,
    participantId: 'anna',
    participantName: 'Anna Berg',
    mode: 'SEND_AND_RECV',
    permissions: ['allow_join'],
    metaData: null,
  },
};
const file = (name: string, duration: number): Recording['files'][number] => ({
  id: `file-${name}`,
  filePath: `/data/recordings/session-1/anna/${name}.webm`,
  fileUrl: `http://127.0.0.1:7890/v2/files/file-${name}`,
  size: 100,
  type: 'video',
  meta: {
    resolution: { width: 640, height: 360 },
    format: 'webm',
    duration,
    videoCodec: 'VP8',
    audioCodec: 'opus',
    startMs: 0,
    endMs: duration * 1000,
  },
  createdAt: joined.at,
  updatedAt: joined.at,
});
const recording: Recording = {
  ...scope,
  id: 'rec-1',
  recordingId: 'rec-1',
  stepId: 'step-1',
  participantId: 'anna',
  participantName: 'Anna Berg',
  mode: 'participant',
  kind: 'audio_video',
  fileFormat: 'webm',
  status: 'completed',
  start: joined.at,
  end: joined.at,
  files: [file('one', 10), file('two', 2.5)],
  error: null,
  webhook: { totalCount: 0, successCount: 0, data: [] },
  metadata: null,
  region: 'local',
};

describe('an event as an item', () => {
  it('is flat, with the keys the next node’s fields take by default', () => {
    expect(eventItem(joined)).toMatchObject({
      event: 'participant-joined',
      eventId: 'event-1',
      roomId: 'room-a',
      sessionId: 'session-1',
      participantId: 'anna',
      participantName: 'Anna Berg',
    });
  });
});

describe('a recording as an item', () => {
  it('has its first file flat, all of them in files, and their whole length', () => {
    expect(recordingItem(recording)).toMatchObject({
      recordingId: 'rec-1',
      fileName: 'one.webm',
      fileUrl: 'http://127.0.0.1:7890/v2/files/file-one',
      durationSeconds: 12.5,
      files: [
        { fileName: 'one.webm', durationSeconds: 10 },
        { fileName: 'two.webm', durationSeconds: 2.5 },
      ],
    });
  });

  it('has no file keys while there is no file', () => {
    const item = recordingItem({ ...recording, status: 'running', files: [] });
    expect(item).not.toHaveProperty('fileUrl');
    expect(item).toMatchObject({ status: 'running', files: [] });
  });

  it('has ended when it is completed or failed, and only then', () => {
    const ended = (status: Recording['status']): boolean => hasEnded({ ...recording, status });
    expect((['completed', 'failed'] as const).map(ended)).toEqual([true, true]);
    expect((['starting', 'running', 'paused', 'stopping'] as const).map(ended)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the filters of Participant Joined', () => {
  it('let everybody through when they are empty', () => {
    expect(joinFilter({})(joined)).toBe(true);
    expect(joinFilter({ modes: [], nameContains: ' ' })(joined)).toBe(true);
  });

  it('compare names without regard to case, and modes exactly', () => {
    expect(joinFilter({ nameContains: 'BERG' })(joined)).toBe(true);
    expect(joinFilter({ nameContains: 'ben' })(joined)).toBe(false);
    expect(joinFilter({ modes: ['RECV_ONLY'] })(joined)).toBe(false);
  });
});

describe('a list typed into a field', () => {
  it('may be separated by commas or lines, with space around', () => {
    expect(splitList(' anna, ben\n\nchloe ,')).toEqual(['anna', 'ben', 'chloe']);
  });
});
