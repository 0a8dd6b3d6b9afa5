import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findLivestream,
  insertLivestream,
  insertRoom,
  insertSession,
  listLiveLivestreams,
  listLivestreams,
  openStore,
  updateLivestream,
  type Store,
  type StoredLivestream,
} from '../../../runtime/store/index.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
let store: Store;

beforeEach(async () => {
  store = await openStore({ file: ':memory:' });
  for (const id of ['room-1', 'room-2']) {
    insertRoom(store, {
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
    });
    insertSession(store, { id: `session-of-${id}`, roomId: id, start: at(0) });
  }
});
afterEach(() => store.close());

const livestream = (id: string, more: Partial<StoredLivestream> = {}): StoredLivestream => ({
  id,
  stepId: `step-of-${id}`,
  roomId: 'room-1',
  sessionId: 'session-of-room-1',
  status: 'starting',
  start: at(1),
  end: null,
  outputs: [
    {
      outputId: 'out_1',
      url: 'rtmp://host/live',
      streamKey: '[hidden]',
      state: 'connecting',
      bytesSent: 0,
      framesDropped: 0,
      retries: 0,
      lastError: null,
    },
  ],
  recordingId: null,
  error: null,
  webhookUrl: null,
  callbackUrl: null,
  metadata: { show: 1 },
  ...more,
});

describe('livestreams', () => {
  it('are given back as they were written', () => {
    const written = livestream('a', { webhookUrl: 'https://host/hook' });
    insertLivestream(store, written);
    expect(findLivestream(store, 'a')).toEqual(written);
    expect(findLivestream(store, 'b')).toBeUndefined();
  });

  it('are changed only in what is named, and are live until they have ended', () => {
    insertLivestream(store, livestream('a'));
    insertLivestream(store, livestream('b'));
    updateLivestream(store, 'a', { status: 'running' });
    expect(findLivestream(store, 'a')).toEqual(livestream('a', { status: 'running' }));
    const error = { code: 'livestream-failed', message: 'nobody was there' };
    updateLivestream(store, 'a', { status: 'failed', end: at(9), error });
    expect(findLivestream(store, 'a')).toMatchObject({ status: 'failed', end: at(9), error });
    expect(listLiveLivestreams(store).map(({ id }) => id)).toEqual(['b']);
  });

  it('are listed by room, session and status, newest first', () => {
    insertLivestream(store, livestream('a'));
    insertLivestream(store, livestream('b', { status: 'running' }));
    insertLivestream(store, livestream('c', { roomId: 'room-2', sessionId: 'session-of-room-2' }));
    const idsOf = (filter: Parameters<typeof listLivestreams>[1]): string[] =>
      listLivestreams(store, filter).data.map(({ id }) => id);
    expect(idsOf({})).toEqual(['c', 'b', 'a']);
    expect(idsOf({ roomId: 'room-1' })).toEqual(['b', 'a']);
    expect(idsOf({ sessionId: 'session-of-room-2' })).toEqual(['c']);
    expect(idsOf({ status: 'running' })).toEqual(['b']);
    expect(listLivestreams(store, { page: 2, perPage: 2 })).toMatchObject({
      pageInfo: { total: 3, lastPage: 2 },
      data: [{ id: 'a' }],
    });
  });
});
