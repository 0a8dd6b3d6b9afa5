import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignallingNotification } from '../../../runtime/contract/index.ts';
import { createEventLog, type EventLog } from '../../../runtime/events/index.ts';
import {
  LiveRooms,
  createRoomDirectory,
  createSessionHistory,
  createStoredJournal,
  readSessionSnapshots,
  type Connection,
  type JoinRequest,
  type LiveSession,
  type MediaEvent,
  type MediaPlane,
  type Participant,
} from '../../../runtime/rooms/index.ts';
import {
  insertSession,
  insertStep,
  openStore,
  readEvents,
  type Store,
} from '../../../runtime/store/index.ts';

const GRACE_MS = 15_000;
const EMPTY_MS = 600_000;
const LIMIT_MINUTES = 30;
const RESUME_MS = 120_000;

let store: Store;
let events: EventLog;
beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  store = await openStore({ file: ':memory:' });
  events = createEventLog({ store, retention: { days: 30, count: 1_000_000 }, onError: rethrow });
});
afterEach(async () => {
  events.close();
  await store.close();
  vi.useRealTimers();
});

const rethrow = (error: unknown): never => {
  throw error;
};
const told = (): string[] =>
  readEvents(store, { after: 0, limit: 1000 })
    .map(({ type, data }) => {
      const { participantId = '', kind = '', reason = '' } = JSON.parse(data) as Record<string, string>;
      return [type, participantId, kind, reason].filter(Boolean).join(' ');
    })
    .filter((line) => !line.startsWith('room-'));

/** One run of a runtime on the store. Dropping it is its crash: nothing of it is asked again. */
function run() {
  const media: string[] = [];
  let tellMedia: (event: MediaEvent) => void = () => undefined;
  const nothing = (): undefined => undefined;
  const plane: MediaPlane = {
    ...{ closeSession: nothing, closeParticipant: nothing, startMedia: nothing },
    ...{ addCandidate: nothing, prefer: nothing, setMuted: nothing },
    openSession: ({ sessionId, startedAtMs }) => media.push(`session ${sessionId} ${startedAtMs}`),
    openParticipant: (_sessionId, { participantId, serverSide }) =>
      media.push(`participant ${participantId} ${serverSide?.audio.trackId ?? ''}`.trim()),
    setPins: (_sessionId, pinnedIds) => media.push(`pins ${pinnedIds.join(' ')}`),
    publish: () => Promise.resolve('answer'),
    watch: () => Promise.resolve(''),
    acceptAnswer: () => Promise.resolve(),
    onEvent(listener) {
      tellMedia = listener;
      return nothing;
    },
  };
  const directory = createRoomDirectory({
    store,
    events,
    keys: { apiKey: '', secret: '' },
    publicUrl: () => '',
    occupancy: { of: () => null, end: nothing },
  });
  const rooms = new LiveRooms({
    media: plane,
    journal: createStoredJournal(store, events),
    findRoom: (roomId) => directory.get(roomId),
    deactivateRoom: nothing,
    iceServers: [],
    graceMs: GRACE_MS,
    emptySessionMs: EMPTY_MS,
    maxParticipantsPerRoom: 10,
    maxViewersPerRoom: 10,
    maxForwardedSpeakers: 0,
    onError: rethrow,
  });
  return {
    rooms,
    directory,
    media,
    tellMedia: (event: MediaEvent) => tellMedia(event),
    history: createSessionHistory(store, rooms, () => ''),
    join(roomId: string, request: Partial<JoinRequest> & { participantId: string }) {
      const notifications: SignallingNotification[] = [];
      const connection: Connection = {
        userAgent: 'test',
        notify: (message) => notifications.push(message),
        close: nothing,
      };
      const outcome = rooms.join(
        roomId,
        { kind: 'server' },
        { name: request.participantId, mode: 'SEND_AND_RECV', ...request },
        connection,
      );
      return { ...outcome, notifications, connection };
    },
    /** Publishes a camera, whose media arrives. */
    async publish(session: LiveSession, participant: Participant, { muted = false } = {}) {
      const { tracks } = await session.tracks.publish(participant, 'offer', [
        { mid: '0', kind: 'video', muted },
      ]);
      const { trackId } = tracks[0]!;
      const { participantId } = participant;
      const at = { sessionId: session.sessionId, participantId, trackId };
      tellMedia({ type: 'track-added', ...at, kind: 'video', codec: 'vp8' });
      return trackId;
    },
  };
}

/** The next run, `downMs` after the one before was last seen to be alive. */
function restart({ downMs = 5_000 } = {}) {
  const lastAliveMs = Date.now();
  vi.setSystemTime(lastAliveMs + downMs);
  const next = run();
  const restored = next.rooms.restore(readSessionSnapshots(store, { withinMs: RESUME_MS, lastAliveMs }));
  return { ...next, ...restored };
}

const aRoom = (first: ReturnType<typeof run>): string =>
  first.directory.create({
    autoCloseConfig: { type: 'session-ends', duration: LIMIT_MINUTES },
  }).roomId;

describe('a session that a crash cut off', () => {
  it('goes on as itself, with who was there, and tells once that they lost their connections', () => {
    const first = run();
    const roomId = aRoom(first);
    const { session, answer } = first.join(roomId, {
      participantId: 'ada',
      name: 'Ada',
      metaData: { seat: 4 },
    });
    first.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    first.join(roomId, { participantId: 'bob' }).session.leave(session.require('bob'));

    const { rooms, sessions, media } = restart();
    const again = rooms.requireSession(roomId);
    expect(sessions).toEqual([again]);
    expect(rooms.bySessionId(session.sessionId)).toBe(again);
    expect(again.startedAtMs).toBe(session.startedAtMs);
    expect(again.present().map((one) => one.view())).toMatchObject([
      { participantId: 'ada', name: 'Ada', metaData: { seat: 4 }, connected: false, isModerator: true },
      { participantId: 'eve', mode: 'SIGNALLING_ONLY', connected: false },
    ]);
    // Who only watches has no media.
    expect(media).toEqual([
      `session ${session.sessionId} ${session.startedAtMs}`,
      'participant ada',
      'pins ',
    ]);
    expect(answer).toMatchObject({ state: 'joined' });
    expect(told()).toEqual([
      'session-started',
      'participant-joined ada',
      'participant-joined eve',
      'participant-joined bob',
      'participant-left bob left',
      'participant-reconnecting ada',
      'participant-reconnecting eve',
    ]);
    // Another crash before anybody is back.
    restart();
    expect(told().filter((line) => line.includes('reconnecting'))).toHaveLength(2);
  });

  it('takes everybody back by their resume tokens, and has them begin their media anew', async () => {
    const first = run();
    const roomId = aRoom(first);
    const ada = first.join(roomId, { participantId: 'ada' });
    const { resumeToken } = ada.participant;

    const second = restart();
    second.awaitReturns();
    const back = second.join(roomId, { participantId: 'ada', name: 'Not Ada', resumeToken });
    expect(back.answer).toMatchObject({ state: 'joined', resumed: true, resumeToken, participantId: 'ada' });
    expect(back.participant.view()).toMatchObject({ name: 'ada', connected: true });
    await vi.advanceTimersByTimeAsync(1);
    expect(back.notifications.map(({ event }) => event)).toEqual(['media-restart']);
    await vi.advanceTimersByTimeAsync(2 * GRACE_MS);
    expect(second.rooms.requireSession(roomId).present()).toHaveLength(1);
    expect(told().slice(-2)).toEqual(['participant-reconnecting ada', 'participant-reconnected ada']);
    const [person] = second.history.session(ada.session.sessionId).participants;
    expect(person!.timelog).toEqual([{ start: expect.any(String) as string, end: null }]);
  });

  it('keeps the ids of tracks, tells of none twice, and ends what is not published any more', async () => {
    const first = run();
    const roomId = aRoom(first);
    const ada = first.join(roomId, { participantId: 'ada' });
    const bob = first.join(roomId, { participantId: 'bob' });
    const trackId = await first.publish(ada.session, ada.participant);
    await first.publish(bob.session, bob.participant);
    bob.session.tracks.muteByHost('bob', 'video', 'Ada');

    const second = restart();
    second.awaitReturns();
    const session = second.rooms.requireSession(roomId);
    const { participant } = second.join(roomId, {
      participantId: 'ada',
      resumeToken: ada.participant.resumeToken,
    });
    expect(participant.liveTracks()).toEqual([]);
    expect(await second.publish(session, participant)).toBe(trackId);
    expect(participant.liveTracks()).toMatchObject([{ trackId, muted: false }]);
    // What a host has muted stays so, whatever the client says.
    expect(session.require('bob').trackOf('video')).toMatchObject({ muted: true, mutedByHost: true });
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(told().filter((line) => line.includes('video'))).toEqual([
      'track-published ada video',
      'track-published bob video',
      'track-muted bob video',
      'track-unpublished bob video',
    ]);
    const { participants } = second.history.session(session.sessionId);
    expect(participants.map(({ events: { webcam } }) => webcam.map(({ end }) => end !== null))).toEqual([
      [false],
      [true],
    ]);
  });

  it('waits for nobody while the runtime does not listen yet, and then as long as ever', async () => {
    const first = run();
    const roomId = aRoom(first);
    const { session } = first.join(roomId, { participantId: 'ada' });
    const second = restart();
    await vi.advanceTimersByTimeAsync(10 * GRACE_MS);
    expect(second.rooms.requireSession(roomId).present()).toHaveLength(1);
    second.awaitReturns();
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(second.rooms.sessionOf(roomId)).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(second.rooms.sessionOf(roomId)).toBeUndefined();
    expect(told().slice(-2)).toEqual(['participant-left ada connection-lost', 'session-ended everyone-left']);
    expect(second.history.session(session.sessionId)).toMatchObject({
      status: 'ended',
      end: new Date().toISOString(),
    });
  });

  it('ends when the room’s time since its real beginning is over', async () => {
    const first = run();
    const roomId = aRoom(first);
    const ada = first.join(roomId, { participantId: 'ada' });
    await vi.advanceTimersByTimeAsync((LIMIT_MINUTES - 1) * 60_000);
    const second = restart({ downMs: 20_000 });
    second.awaitReturns();
    second.join(roomId, { participantId: 'ada', resumeToken: ada.participant.resumeToken });
    await vi.advanceTimersByTimeAsync(39_999);
    expect(second.rooms.sessionOf(roomId)).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(told().at(-1)).toBe('session-ended time-limit');
  });

  it('still knows what was said, asked, voted, pinned and offered, and whose hand was raised', async () => {
    const first = run();
    const roomId = aRoom(first);
    const { session, participant: host } = first.join(roomId, { participantId: 'host' });
    const { participant: eve } = first.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    const { participant: finn } = first.join(roomId, { participantId: 'finn', mode: 'SIGNALLING_ONLY' });
    const said = {
      ...{ messageId: 'm1', topic: 'CHAT', message: 'hello', senderId: 'eve', senderName: 'eve' },
      ...{ payload: null, at: new Date().toISOString() },
    };
    session.say(said, { persist: true, sendOnly: null });
    session.say({ ...said, messageId: 'm2' }, { persist: true, sendOnly: ['eve'] });
    session.say({ ...said, messageId: 'm3' }, { persist: false, sendOnly: null });
    const open = session.audience.createPoll(
      { question: 'Lunch?', options: ['Soup', 'Salad'], durationSeconds: 10 },
      'host',
    );
    session.audience.vote(eve, open.pollId, '2');
    const over = session.audience.createPoll({ question: 'Tea?', options: ['Yes', 'No'] }, 'host');
    session.audience.closePoll(over.pollId);
    const question = session.audience.ask({ participantId: 'eve', participantName: 'eve' }, 'Why?');
    session.audience.upvote(finn, question.questionId);
    session.audience.moveHand(finn, true);
    await vi.advanceTimersByTimeAsync(1);
    session.audience.moveHand(eve, true);
    session.audience.moveHand(host, true);
    session.audience.moveHand(host, false);
    session.pin(['host']);
    session.stage.invite('eve', 'host');
    session.stage.invite('finn', 'host');
    session.stage.respond(finn, false);

    const second = restart();
    const again = second.rooms.requireSession(roomId);
    const back = second.join(roomId, { participantId: 'eve', resumeToken: eve.resumeToken });
    expect(back.answer).toMatchObject({
      messages: [said],
      votes: { polls: { [open.pollId]: '2' }, questions: [] },
      stageInvitation: { byName: 'host' },
      audience: {
        viewers: 2,
        pinnedIds: ['host'],
        hands: [
          { participantId: 'finn', participantName: 'finn' },
          { participantId: 'eve', participantName: 'eve' },
        ],
        polls: [
          { pollId: open.pollId, status: 'open', totalVotes: 1 },
          { pollId: over.pollId, status: 'closed' },
        ],
        questions: [{ questionId: question.questionId, upvotes: 1, text: 'Why?' }],
      },
    });
    expect(again.stage.invitationOf('finn')).toBeNull();
    expect(second.media).toContain('pins host');
    expect(() => again.audience.vote(back.participant, open.pollId, '1')).toThrow('already');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(again.audience.findPoll(open.pollId)).toMatchObject({
      status: 'closed',
      closedAt: open.closesAt,
    });
  });

  it('gives somebody who has left the same id again, and nobody whom a host has removed', () => {
    const first = run();
    const roomId = aRoom(first);
    const { session } = first.join(roomId, { participantId: 'host' });
    const tokenOf = (participantId: string): string =>
      first.join(roomId, { participantId }).participant.resumeToken;
    const left = tokenOf('left');
    const removed = tokenOf('removed');
    session.leave(session.require('left'));
    session.remove('removed', 'out');

    const { rooms } = restart();
    const again = rooms.requireSession(roomId);
    expect(again.departedIdOf(left)).toBe('left');
    expect(again.departedIdOf(removed)).toBeUndefined();
  });

  it('has those who speak by the runtime there at once, with the tracks they had', () => {
    const first = run();
    const roomId = aRoom(first);
    const { session } = first.join(roomId, { participantId: 'ada' });
    const bot = session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: null });
    const { trackId } = bot.trackOf('audio');
    first.tellMedia({
      ...{ type: 'track-added', sessionId: session.sessionId, participantId: 'bot' },
      ...{ trackId, kind: 'audio', codec: 'opus' },
    });
    const { rooms, media } = restart();
    expect(rooms.requireSession(roomId).require('bot')).toMatchObject({
      isServerSide: true,
      isConnected: true,
    });
    expect(media).toContain(`participant bot ${trackId}`);
    expect(told().filter((line) => line.endsWith('bot'))).toEqual(['participant-joined bot']);
  });

  it('waits on for its first guest while a step that began it goes on', async () => {
    const first = run();
    const roomId = aRoom(first);
    const { sessionId } = first.rooms.inOpenSession(roomId, (session) => {
      session.hold();
      return session;
    });
    insertStep(store, {
      ...{ id: 'step', type: 'hls', roomId, sessionId, participantId: null, trackIds: [], params: {} },
      ...{ state: 'running', reason: '', paused: false, recordingId: null, fromStepId: null },
      ...{ progress: {}, startedAt: new Date().toISOString(), endedAt: null },
    });

    const held = restart();
    const release = held.rooms.bySessionId(sessionId)!.hold();
    held.awaitReturns();
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    expect(held.rooms.sessionOf(roomId)).toBeDefined();
    release();
    expect(told().at(-1)).toBe('session-ended steps-ended');
  });

  it('ends when nothing of what began it goes on', () => {
    const first = run();
    const roomId = aRoom(first);
    const { sessionId } = first.rooms.inOpenSession(roomId, (session) => {
      session.hold();
      return session;
    });
    expect(readSessionSnapshots(store, { withinMs: RESUME_MS, lastAliveMs: Date.now() })).toEqual([]);
    insertStep(store, {
      ...{ id: 'step', type: 'hls', roomId, sessionId, participantId: null, trackIds: [], params: {} },
      ...{ state: 'running', reason: '', paused: false, recordingId: null, fromStepId: null },
      ...{ progress: {}, startedAt: new Date().toISOString(), endedAt: null },
    });
    restart().awaitReturns();
    expect(told().at(-1)).toBe('session-ended steps-ended');
  });
});

describe('somebody whose wire is broken while the media worker is lost', () => {
  it('is told to begin its media anew once it is back', async () => {
    const { join, tellMedia } = run();
    const { session, participant, connection } = join(aRoom(run()), { participantId: 'ada' });
    session.connectionLost(participant, connection);
    tellMedia({ type: 'session-moved', sessionId: session.sessionId, reason: 'killed' });
    const { resumeToken } = participant;
    const back = join(session.roomId, { participantId: 'ada', resumeToken });
    await vi.advanceTimersByTimeAsync(1);
    expect(back.notifications.map(({ event }) => event)).toEqual(['media-restart']);
    const again = join(session.roomId, { participantId: 'ada', resumeToken });
    await vi.advanceTimersByTimeAsync(1);
    expect(again.notifications).toEqual([]);
  });
});

describe('which sessions go on', () => {
  const snapshots = (options: { downMs: number; withinMs?: number }) =>
    readSessionSnapshots(store, {
      withinMs: options.withinMs ?? RESUME_MS,
      lastAliveMs: Date.now() - options.downMs,
    });

  it('are those of a run that ended a short while ago, or none when that is not wanted', () => {
    const first = run();
    first.join(aRoom(first), { participantId: 'ada' });
    expect(snapshots({ downMs: RESUME_MS })).toHaveLength(1);
    expect(snapshots({ downMs: RESUME_MS + 1 })).toEqual([]);
    expect(snapshots({ downMs: 0, withinMs: 0 })).toEqual([]);
  });

  it('are those in open rooms with somebody who may come back', () => {
    const first = run();
    const closed = aRoom(first);
    first.join(closed, { participantId: 'ada' });
    first.directory.deactivate(closed);
    const ended = aRoom(first);
    const { session } = first.join(ended, { participantId: 'ada' });
    session.leave(session.require('ada'));
    const open = aRoom(first);
    first.join(open, { participantId: 'ada' });
    // The end of an older one that could not be written.
    insertSession(store, { id: 'older', roomId: open, start: new Date(0).toISOString() });
    expect(snapshots({ downMs: 0 }).map(({ roomId }) => roomId)).toEqual([open]);
  });
});
