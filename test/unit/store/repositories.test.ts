import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  deleteRecording,
  endPresence,
  endSession,
  endTrackSpans,
  findLiveSession,
  findParticipant,
  findParticipantByResumeToken,
  findRecording,
  findRecordingFile,
  findRoom,
  findStep,
  insertMessage,
  insertRecording,
  insertRoom,
  insertSession,
  insertStep,
  listLiveRecordings,
  listLiveSessions,
  listLiveSteps,
  listMessages,
  listRecordingFiles,
  listRecordings,
  listRooms,
  listSessionParticipants,
  listSessions,
  listSteps,
  listStepTransitions,
  moveStep,
  openStore,
  readPresence,
  readTrackSpans,
  saveParticipant,
  saveRecordingFile,
  startPresence,
  startTrackSpan,
  updateRecording,
  updateRoom,
  updateStep,
  type Store,
  type StoredFile,
  type StoredMessage,
  type StoredParticipant,
  type StoredRecording,
  type StoredRoom,
  type StoredStep,
} from '../../../runtime/store/index.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
let store: Store;

beforeEach(async () => {
  store = await openStore({ file: ':memory:' });
});
afterEach(() => store.close());

const room = (id: string, more: Partial<StoredRoom> = {}): StoredRoom => ({
  id,
  customRoomId: null,
  disabled: false,
  deactivated: false,
  webhook: null,
  autoCloseConfig: null,
  allowedParticipantIds: null,
  maxParticipants: null,
  maxForwardedSpeakers: null,
  createdAt: at(0),
  updatedAt: at(0),
  ...more,
});
const participant = (participantId: string, more: Partial<StoredParticipant> = {}): StoredParticipant => ({
  sessionId: 'session-1',
  participantId,
  roomId: 'room-1',
  name: participantId,
  mode: 'SEND_AND_RECV',
  permissions: ['allow_join'],
  metaData: { seat: 4 },
  resumeTokenHash: null,
  userAgent: 'Test',
  joinedAt: at(1),
  ...more,
});
const step = (id: string, more: Partial<StoredStep> = {}): StoredStep => ({
  id,
  type: 'record',
  roomId: 'room-1',
  sessionId: 'session-1',
  participantId: 'ada',
  trackIds: ['track-1'],
  params: { mode: 'audio' },
  state: 'pending',
  reason: 'posted',
  paused: false,
  recordingId: null,
  fromStepId: null,
  progress: {},
  startedAt: at(1),
  endedAt: null,
  ...more,
});
const recording = (id: string, more: Partial<StoredRecording> = {}): StoredRecording => ({
  id,
  stepId: 'step-1',
  mode: 'participant',
  kind: 'audio_video',
  roomId: 'room-1',
  sessionId: 'session-1',
  participantId: 'ada',
  participantName: 'Ada',
  fileFormat: 'webm',
  status: 'running',
  start: at(1),
  end: null,
  error: null,
  metadata: { order: 7 },
  webhookUrl: null,
  callbackUrl: null,
  composed: null,
  merged: null,
  ...more,
});
const file = (id: string, part: number): StoredFile => ({
  id,
  recordingId: 'recording-1',
  part,
  path: `/recordings/${id}.webm`,
  sizeBytes: 10,
  type: 'video',
  format: 'webm',
  videoCodec: 'vp8',
  audioCodec: 'opus',
  width: 640,
  height: 360,
  durationSeconds: 1.5,
  startMs: 0,
  endMs: 1500,
  createdAt: at(1),
  updatedAt: at(1),
});
const liveSession = (): void => {
  insertRoom(store, room('room-1'));
  insertSession(store, { id: 'session-1', roomId: 'room-1', start: at(1) });
};

describe('rooms', () => {
  it('are given back as they were written', () => {
    const written = room('room-1', {
      webhook: { endPoint: 'https://hooks.test/', events: ['session*'] },
      autoCloseConfig: { type: 'session-ends', duration: 30 },
      allowedParticipantIds: ['ada'],
      maxParticipants: 5,
      disabled: true,
    });
    insertRoom(store, written);
    expect(findRoom(store, 'room-1')).toEqual(written);
  });

  it('are found by either name, and no two rooms answer to one', () => {
    expect(insertRoom(store, room('room-1', { customRoomId: 'weekly' }))).toBe(true);
    expect(insertRoom(store, room('room-2', { customRoomId: 'weekly' }))).toBe(false);
    expect(insertRoom(store, room('weekly'))).toBe(false);
    expect(insertRoom(store, room('room-3', { customRoomId: 'room-1' }))).toBe(false);
    expect(findRoom(store, 'weekly')?.id).toBe('room-1');
  });

  it('come in pages, newest first', () => {
    for (let index = 1; index <= 5; index += 1) {
      insertRoom(store, room(`room-${index}`, { createdAt: at(index) }));
    }
    const page = listRooms(store, { page: 2, perPage: 2 });
    expect(page.pageInfo).toEqual({ currentPage: 2, perPage: 2, lastPage: 3, total: 5 });
    expect(page.data.map(({ id }) => id)).toEqual(['room-3', 'room-2']);
    expect(listRooms(store, { page: 9, perPage: 2 }).data).toEqual([]);
  });

  it('are changed only in what is named', () => {
    insertRoom(store, room('room-1', { maxParticipants: 3 }));
    expect(updateRoom(store, 'room-1', { disabled: true, updatedAt: at(9) })).toBe(true);
    expect(findRoom(store, 'room-1')).toEqual(
      room('room-1', { maxParticipants: 3, disabled: true, updatedAt: at(9) }),
    );
    expect(updateRoom(store, 'room-2', { disabled: true, updatedAt: at(9) })).toBe(false);
  });
});

describe('sessions', () => {
  it('end once, with the presence and tracks in them', () => {
    liveSession();
    saveParticipant(store, participant('ada'));
    startPresence(store, 'session-1', 'ada', at(1));
    startTrackSpan(store, 'session-1', 'ada', 'audio', at(2));
    const end = { end: at(5), reason: 'everyone left', activeDurationSeconds: 4 };
    expect(findLiveSession(store, 'room-1')?.id).toBe('session-1');
    expect(endSession(store, 'session-1', end)).toBe(true);
    expect(endSession(store, 'session-1', { ...end, end: at(9) })).toBe(false);
    expect(findLiveSession(store, 'room-1')).toBeUndefined();
    expect(listLiveSessions(store)).toEqual([]);
    expect(readPresence(store, 'session-1').get('ada')).toEqual([{ start: at(1), end: at(5) }]);
    expect(readTrackSpans(store, 'session-1')).toEqual([
      { participantId: 'ada', kind: 'audio', start: at(2), end: at(5) },
    ]);
  });

  it('are listed by room and by state', () => {
    liveSession();
    insertSession(store, { id: 'session-2', roomId: 'room-1', start: at(2) });
    endSession(store, 'session-1', { end: at(2), reason: 'left', activeDurationSeconds: 1 });
    const ids = (filter: Parameters<typeof listSessions>[1]): string[] =>
      listSessions(store, filter).data.map(({ id }) => id);
    expect(ids({ roomId: 'room-1' })).toEqual(['session-2', 'session-1']);
    expect(ids({ status: 'ongoing' })).toEqual(['session-2']);
    expect(ids({ status: 'ended' })).toEqual(['session-1']);
    expect(ids({ roomId: 'room-2' })).toEqual([]);
  });

  it('need a room', () => {
    expect(() => insertSession(store, { id: 'session-1', roomId: 'nowhere', start: at(1) })).toThrow(
      'FOREIGN KEY',
    );
  });
});

describe('participants', () => {
  it('keep their first joining when they join again', () => {
    liveSession();
    saveParticipant(store, participant('ada'));
    saveParticipant(store, participant('ada', { name: 'Ada L.', joinedAt: at(8), resumeTokenHash: 'hash' }));
    const expected = participant('ada', { name: 'Ada L.', resumeTokenHash: 'hash' });
    expect(findParticipant(store, 'session-1', 'ada')).toEqual(expected);
    expect(findParticipantByResumeToken(store, 'hash')).toEqual(expected);
    expect(listSessionParticipants(store, 'session-1')).toEqual([expected]);
  });

  it('have a log of when they were there and what they sent', () => {
    liveSession();
    saveParticipant(store, participant('ada'));
    startPresence(store, 'session-1', 'ada', at(1));
    endPresence(store, 'session-1', 'ada', at(2));
    startPresence(store, 'session-1', 'ada', at(3));
    startTrackSpan(store, 'session-1', 'ada', 'audio', at(3));
    startTrackSpan(store, 'session-1', 'ada', 'audio', at(4));
    startTrackSpan(store, 'session-1', 'ada', 'video', at(4));
    endTrackSpans(store, 'session-1', 'ada', 'video', at(5));
    expect(readPresence(store, 'session-1').get('ada')).toEqual([
      { start: at(1), end: at(2) },
      { start: at(3), end: null },
    ]);
    expect(readTrackSpans(store, 'session-1')).toEqual([
      { participantId: 'ada', kind: 'audio', start: at(3), end: null },
      { participantId: 'ada', kind: 'video', start: at(4), end: at(5) },
    ]);
  });
});

describe('messages', () => {
  it('come oldest first, the newest of them when there are too many', () => {
    liveSession();
    const message = (messageId: string, persist: boolean): StoredMessage => ({
      messageId,
      roomId: 'room-1',
      sessionId: 'session-1',
      topic: 'CHAT',
      message: 'Hello',
      senderId: 'ada',
      senderName: 'Ada',
      payload: { colour: 'red' },
      sendOnly: null,
      persist,
      at: at(1),
    });
    for (const id of ['m1', 'm2', 'm3']) {
      insertMessage(store, message(id, id !== 'm2'));
    }
    const ids = (filter: Parameters<typeof listMessages>[1]): string[] =>
      listMessages(store, filter).map(({ messageId }) => messageId);
    expect(listMessages(store, { sessionId: 'session-1', limit: 1 })).toEqual([message('m3', true)]);
    expect(ids({ roomId: 'room-1', topic: 'CHAT' })).toEqual(['m1', 'm2', 'm3']);
    expect(ids({ sessionId: 'session-1', persistedOnly: true })).toEqual(['m1', 'm3']);
    expect(ids({ topic: 'POLL' })).toEqual([]);
  });
});

describe('steps', () => {
  it('change state together with a line in their history', () => {
    liveSession();
    insertStep(store, step('step-1'));
    moveStep(store, 'step-1', {
      from: 'pending',
      to: 'starting',
      reason: 'track is there',
      at: at(2),
      ended: false,
    });
    moveStep(store, 'step-1', {
      from: 'starting',
      to: 'cancelled',
      reason: 'stopped',
      at: at(3),
      ended: true,
    });
    expect(findStep(store, 'step-1')).toEqual(
      step('step-1', { state: 'cancelled', reason: 'stopped', endedAt: at(3) }),
    );
    expect(listStepTransitions(store, 'step-1')).toEqual([
      { from: 'pending', to: 'starting', reason: 'track is there', at: at(2) },
      { from: 'starting', to: 'cancelled', reason: 'stopped', at: at(3) },
    ]);
    expect(listLiveSteps(store)).toEqual([]);
  });

  it('are listed by room, type and state', () => {
    liveSession();
    insertStep(store, step('step-1', { type: 'tap', state: 'running' }));
    insertStep(store, step('step-2', { fromStepId: 'step-1' }));
    updateStep(store, 'step-2', { paused: true, progress: { bytes: 9 }, recordingId: 'recording-1' });
    expect(listSteps(store, { roomId: 'room-1', states: ['running'] }).map(({ id }) => id)).toEqual([
      'step-1',
    ]);
    expect(listSteps(store, { type: 'record' })).toEqual([
      step('step-2', {
        fromStepId: 'step-1',
        paused: true,
        progress: { bytes: 9 },
        recordingId: 'recording-1',
      }),
    ]);
    expect(listSteps(store, { states: [] })).toEqual([]);
    expect(listLiveSteps(store)).toHaveLength(2);
  });
});

describe('recordings', () => {
  it('keep their files in parts and lose them with themselves', () => {
    insertRecording(store, recording('recording-1'));
    saveRecordingFile(store, file('file-2', 2));
    saveRecordingFile(store, file('file-1', 1));
    saveRecordingFile(store, { ...file('file-1', 1), sizeBytes: 99, durationSeconds: 8 });
    expect(listRecordingFiles(store, ['recording-1', 'recording-9'])).toEqual(
      new Map([
        ['recording-1', [{ ...file('file-1', 1), sizeBytes: 99, durationSeconds: 8 }, file('file-2', 2)]],
        ['recording-9', []],
      ]),
    );
    expect(deleteRecording(store, 'recording-1')).toBe(true);
    expect(findRecordingFile(store, 'file-1')).toBeUndefined();
    expect(deleteRecording(store, 'recording-1')).toBe(false);
  });

  it('are listed by what they are of, newest first', () => {
    insertRecording(store, recording('recording-1'));
    insertRecording(store, recording('recording-2', { mode: 'track', kind: 'screen_video' }));
    insertRecording(store, recording('recording-3', { participantId: 'bob' }));
    const ids = (filter: Parameters<typeof listRecordings>[1]): string[] =>
      listRecordings(store, filter).data.map(({ id }) => id);
    expect(ids({ roomId: 'room-1' })).toEqual(['recording-3', 'recording-2', 'recording-1']);
    expect(ids({ mode: 'track', kind: 'screen_video' })).toEqual(['recording-2']);
    expect(ids({ sessionId: 'session-1', participantId: 'bob' })).toEqual(['recording-3']);
  });

  it('tell why they failed, and are no longer live then', () => {
    insertRecording(store, recording('recording-1'));
    expect(listLiveRecordings(store)).toHaveLength(1);
    const error = { code: 'disk-full', message: 'The disk is full.' };
    updateRecording(store, 'recording-1', { status: 'failed', end: at(9), error });
    expect(findRecording(store, 'recording-1')).toEqual(
      recording('recording-1', { status: 'failed', end: at(9), error }),
    );
    expect(listLiveRecordings(store)).toEqual([]);
  });
});

describe('transactions', () => {
  it('undo everything when something in them fails', () => {
    expect(() =>
      store.transact(() => {
        insertRoom(store, room('room-1'));
        store.transact(() => insertSession(store, { id: 'session-1', roomId: 'nowhere', start: at(1) }));
      }),
    ).toThrow('FOREIGN KEY');
    expect(findRoom(store, 'room-1')).toBeUndefined();
  });

  it('refuse work that would go on after them', () => {
    expect(() => store.transact(() => Promise.resolve())).toThrow('must be synchronous');
  });

  it('call what waits for the commit after it, and not at all after a rollback', () => {
    const called: string[] = [];
    store.transact(() => {
      store.afterCommit(() => called.push(findRoom(store, 'room-1')?.id ?? 'nothing'));
      insertRoom(store, room('room-1'));
    });
    expect(() =>
      store.transact(() => {
        store.afterCommit(() => called.push('never'));
        throw new Error('no');
      }),
    ).toThrow('no');
    store.afterCommit(() => called.push('at once'));
    expect(called).toEqual(['room-1', 'at once']);
  });

  it('cannot be opened through the query builder, where others’ statements could slip in', async () => {
    await expect(store.db.transaction().execute(() => Promise.resolve())).rejects.toThrow('store.transact');
    expect(await store.db.selectFrom('rooms').selectAll().execute()).toEqual([]);
  });
});
