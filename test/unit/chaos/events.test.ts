import { describe, expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { judgeEvents, type EventRecords } from '../../chaos/oracles/index.ts';

const scope = { roomId: 'room', meetingId: 'room', sessionId: 'ses_1' };
const event = (seq: number, more: Partial<RoomflowEvent<'recording-started'>> = {}): RoomflowEvent => ({
  epoch: 'e',
  seq,
  id: `evt_${seq}`,
  type: 'recording-started',
  roomId: 'room',
  sessionId: 'ses_1',
  at: '2026-01-01T00:00:00.000Z',
  data: { ...scope, recordingId: `rec_${seq}`, stepId: 'stp_1' },
  ...more,
});
const told = (received: RoomflowEvent[], more: Partial<EventRecords> = {}): EventRecords => {
  const committed = more.committed ?? received.map(({ seq, id, type }) => ({ seq, id, type }));
  const deliveries = more.deliveries ?? committed.map(({ id }) => ({ eventId: id, url: 'http://hook' }));
  return { received, committed, deliveries, postedIds: deliveries.map(({ eventId }) => eventId), ...more };
};

describe('the judge of events', () => {
  it('finds nothing when each came once and each webhook at least once', () => {
    const records = told([event(1), event(2), event(3)]);
    const again = { ...records, postedIds: [...records.postedIds, ...records.postedIds] };
    expect(judgeEvents(again)).toEqual({ lost: [], doubled: [] });
  });

  it('finds an event that is in the log and never came', () => {
    const committed = [1, 2].map((seq) => ({ seq, id: `evt_${seq}`, type: 'recording-started' }));
    expect(judgeEvents(told([event(1)], { committed })).lost).toEqual([
      'recording-started (2, evt_2) is in the log and never came',
    ]);
  });

  it('finds an event that was told and is not in the log', () => {
    const { lost } = judgeEvents(told([event(1)], { committed: [] }));
    expect(lost).toEqual(['recording-started (1, evt_1) came and is not in the log']);
  });

  it('finds an event that came after a later one, which a cursor would have passed over', () => {
    expect(judgeEvents(told([event(2), event(1)])).lost).toEqual([
      'recording-started (1, evt_1) came after recording-started (2, evt_2)',
    ]);
  });

  it('finds an event that came twice', () => {
    const records = told([event(1), event(1)], {
      committed: [{ seq: 1, id: 'evt_1', type: 'recording-started' }],
    });
    expect(judgeEvents(records).doubled).toContain('recording-started (1, evt_1) came twice');
  });

  it('finds what was told twice of the same object under two ids', () => {
    const data = { ...scope, recordingId: 'rec_7', stepId: 'stp_1' };
    expect(judgeEvents(told([event(1, { data }), event(2, { data })])).doubled).toEqual([
      'recording-started of rec_7 told twice',
    ]);
  });

  it('lets happen again what may, such as a lost and a regained connection', () => {
    const step = { stepId: 'stp_1', step: 'record', from: 'running', to: 'retrying', reason: 'worker-lost' };
    const changed = (seq: number): RoomflowEvent => ({
      ...event(seq),
      type: 'step-changed',
      data: { ...scope, ...step },
    });
    expect(judgeEvents(told([changed(1), changed(2)])).doubled).toEqual([]);
  });

  it('finds webhooks that were not written, not posted, or written twice', () => {
    const records = told([event(1), event(2), event(3)], {
      deliveries: [
        { eventId: 'evt_1', url: 'http://hook' },
        { eventId: 'evt_1', url: 'http://hook' },
        { eventId: 'evt_2', url: 'http://hook' },
      ],
      postedIds: ['evt_1', 'evt_1'],
    });
    expect(judgeEvents(records)).toEqual({
      lost: [
        'no webhook was written for recording-started (3, evt_3)',
        'the webhook of event evt_2 never came',
      ],
      doubled: ['two webhooks of event evt_1 for http://hook'],
    });
  });
});
