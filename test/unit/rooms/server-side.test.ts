import { afterEach, describe, expect, it } from 'vitest';
import type { SignallingNotification } from '../../../runtime/contract/index.ts';
import {
  LiveRooms,
  type LiveSession,
  type MediaEvent,
  type MediaParticipant,
  type MediaPlane,
} from '../../../runtime/rooms/index.ts';
import { refusal } from './support/refusal.ts';

const principal = { kind: 'server' } as const;

/** A room with everything around it taken note of, and Ada in it. */
function room({ maxParticipants = 10 } = {}) {
  const opened: MediaParticipant[] = [];
  const muted: string[] = [];
  const told: string[] = [];
  let tellMedia: (event: MediaEvent) => void = () => undefined;
  const nothing = (): undefined => undefined;
  const media: MediaPlane = {
    ...{ openSession: nothing, closeSession: nothing, closeParticipant: nothing, startMedia: nothing },
    ...{ addCandidate: nothing, setPins: nothing, prefer: nothing },
    publish: () => Promise.resolve(''),
    watch: () => Promise.resolve(''),
    acceptAnswer: () => Promise.resolve(),
    openParticipant: (_sessionId, participant) => opened.push(participant),
    setMuted: (_sessionId, participantId, kind, isMuted) => muted.push(`${participantId} ${kind} ${isMuted}`),
    onEvent(listener) {
      tellMedia = listener;
      return nothing;
    },
  };
  const journal = new Proxy({} as ConstructorParameters<typeof LiveRooms>[0]['journal'], {
    get:
      (_target, name) =>
      (...[, subject, ...rest]: unknown[]) => {
        const who = (subject as { participantId?: string } | undefined)?.participantId ?? '';
        const track = (rest[0] as { kind?: string } | undefined)?.kind ?? '';
        told.push(`${String(name)} ${who} ${track}`.trim());
      },
  });
  const rooms = new LiveRooms({
    media,
    journal,
    findRoom: (roomId) => ({
      ...{ id: roomId, roomId, meetingId: roomId, customRoomId: null, userId: 'self-hosted' },
      ...{ disabled: false, status: 'enabled', webhook: null, autoCloseConfig: null },
      ...{
        allowedParticipantIds: null,
        maxParticipants,
        maxForwardedSpeakers: null,
        activeParticipants: 0,
        activeSessionId: null,
      },
      ...{ createdAt: '', updatedAt: '', links: { get_room: '', get_session: '' } },
    }),
    deactivateRoom: nothing,
    iceServers: [],
    graceMs: 1000,
    emptySessionMs: 1000,
    maxParticipantsPerRoom: 10,
    maxViewersPerRoom: 10,
    maxForwardedSpeakers: 0,
    onError: (error) => {
      throw error;
    },
  });
  const notifications: SignallingNotification[] = [];
  const { session, participant } = rooms.join(
    'room',
    principal,
    { name: 'Ada', participantId: 'ada', mode: 'SEND_AND_RECV' },
    { userAgent: '', notify: (notification) => notifications.push(notification), close: nothing },
  );
  running.push(session);
  return {
    session,
    ada: participant,
    opened,
    muted,
    told,
    notifications,
    media: (event: MediaEvent) => tellMedia(event),
  };
}

const running: LiveSession[] = [];
afterEach(() => {
  for (const session of running.splice(0)) if (!session.isEnded) session.end('test-over');
});

describe('somebody who speaks by the runtime', () => {
  it('is told to everybody as any participant, and to the media plane with the tracks it will have', () => {
    const { session, notifications, opened } = room();
    const bot = session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: { a: 1 } });
    expect(notifications.at(-1)).toMatchObject({
      event: 'participant-joined',
      data: { participant: { participantId: 'bot', name: 'Bot', isModerator: false, metaData: { a: 1 } } },
    });
    expect(opened.map(({ participantId, serverSide }) => [participantId, serverSide])).toEqual([
      ['ada', null],
      [
        'bot',
        {
          audio: { trackId: bot.trackOf('audio').trackId, muted: false },
          video: { trackId: bot.trackOf('video').trackId, muted: false },
        },
      ],
    ]);
  });

  it('is the same one when it is let in again, and has an id of its own when none is given', () => {
    const { session } = room();
    const bot = session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: null });
    expect(session.admitServerSide({ participantId: 'bot', name: 'Other', metaData: null })).toBe(bot);
    const other = session.admitServerSide({ name: 'Bot', metaData: null });
    expect(other.participantId).not.toBe('bot');
  });

  it('takes no place of somebody who has media of their own, and none that is not there', () => {
    const { session } = room({ maxParticipants: 2 });
    const admit = (participantId: string) => () =>
      session.admitServerSide({ participantId, name: 'Bot', metaData: null });
    expect(refusal(admit('ada')).code).toBe('not-server-side');
    admit('bot')();
    expect(refusal(admit('another')).code).toBe('room-full');
  });

  it('does not keep a session alive that the last of the others has left', () => {
    const { session, ada, told } = room();
    session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: null });
    session.leave(ada);
    expect(session.isEnded).toBe(true);
    expect(told).toContain('participantLeft bot');
  });

  it('may leave, and the others stay', () => {
    const { session } = room();
    session.leave(session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: null }), 'played');
    expect(session.isEnded).toBe(false);
    expect(session.present().map(({ participantId }) => participantId)).toEqual(['ada']);
  });

  it('keeps the id of its camera, and whether it is off, from one film to the next', () => {
    const { session, media, told, muted } = room();
    const bot = session.admitServerSide({ participantId: 'bot', name: 'Bot', metaData: null });
    const { trackId } = bot.trackOf('video');
    const of = { sessionId: session.sessionId, participantId: 'bot', trackId, kind: 'video' } as const;
    media({ type: 'track-added', ...of, codec: 'vp8' });
    session.tracks.setMuted(bot, 'video', true);
    media({ type: 'track-removed', ...of });
    expect(bot.liveTracks()).toEqual([]);
    media({ type: 'track-added', ...of, codec: 'vp8' });
    expect(bot.liveTracks()).toEqual([{ trackId, kind: 'video', muted: true, codec: 'vp8' }]);
    expect(muted).toEqual(['bot video true']);
    expect(told.filter((line) => line.includes('bot video'))).toEqual([
      'trackPublished bot video',
      'trackMuted bot video',
      'trackUnpublished bot video',
      'trackPublished bot video',
    ]);
  });
});
