import { describe, expect, it } from 'vitest';

import type {
  Joined,
  MessageView,
  ParticipantView,
  SignallingNotification,
} from '../../../runtime/contract/index.ts';
import { reduceRoom, roomFromJoined, withMessage, withMode } from '../../../runtime/web/client/room-state.ts';
import { soundsOf, tilesOf } from '../../../runtime/web/join/room/tiles.ts';

const person = (participantId: string, change: Partial<ParticipantView> = {}): ParticipantView => ({
  participantId,
  name: participantId,
  mode: 'SEND_AND_RECV',
  isModerator: false,
  connected: true,
  metaData: null,
  tracks: [],
  ...change,
});

const message = (messageId: string, at: string): MessageView => ({
  messageId,
  topic: 'CHAT',
  message: messageId,
  senderId: 'ana',
  senderName: 'Ana',
  payload: null,
  at,
});

const joined = (change: Partial<Joined> = {}): Joined => ({
  state: 'joined',
  roomId: 'room',
  sessionId: 'session-1',
  participantId: 'me',
  resumeToken: 'token',
  resumed: false,
  permissions: ['allow_join'],
  participants: [person('ana'), person('me')],
  activeSpeakerId: null,
  recordedIds: [],
  messages: [],
  entryRequests: [],
  iceServers: [],
  graceMs: 15_000,
  audience: { viewers: 0, polls: [], questions: [], hands: [], pinnedIds: [], hls: null },
  votes: { polls: {}, questions: [] },
  captions: null,
  stageInvitation: null,
  ...change,
});

const after = (...notifications: SignallingNotification[]) =>
  notifications.reduce(reduceRoom, roomFromJoined(joined(), null));

const noOwnTracks = { name: 'Me', microphone: null, camera: null, screen: null };

describe('the room as the page knows it', () => {
  it('follows people as they come, change and go', () => {
    const room = after(
      { event: 'participant-joined', data: { participant: person('bruno') } },
      { event: 'participant-updated', data: { participant: person('bruno', { name: 'Bruno' }) } },
      { event: 'participant-left', data: { participantId: 'ana', reason: 'left' } },
    );
    expect(room.participants.map(({ name }) => name)).toEqual(['me', 'Bruno']);
  });

  it('takes the ring and the recording mark off somebody who has left', () => {
    const room = after(
      { event: 'speaker-changed', data: { participantId: 'ana' } },
      { event: 'recording-state-changed', data: { participantId: 'ana', recording: true } },
      { event: 'participant-left', data: { participantId: 'ana', reason: 'left' } },
    );
    expect(room.activeSpeakerId).toBeNull();
    expect(room.recordedIds).toEqual([]);
  });

  it('shows a message once, although both the reply and the event tell of it', () => {
    const at = '2026-01-01T10:00:00.000Z';
    const room = withMessage(after({ event: 'message', data: message('m1', at) }), message('m1', at));
    expect(room.messages).toHaveLength(1);
  });

  it('keeps unsaved messages over a reconnection, and none of another session', () => {
    const before = after({ event: 'message', data: message('m1', '2026-01-01T10:00:00.000Z') });
    const saved = [message('m2', '2026-01-01T09:00:00.000Z')];
    const same = roomFromJoined(joined({ resumed: true, messages: saved }), before);
    expect(same.messages.map(({ messageId }) => messageId)).toEqual(['m2', 'm1']);
    const other = roomFromJoined(joined({ sessionId: 'session-2' }), before);
    expect(other.messages).toEqual([]);
  });

  it('lists who knocks until somebody has answered, once each', () => {
    const knock: SignallingNotification = {
      event: 'entry-requested',
      data: { participantId: 'dora', name: 'Dora' },
    };
    expect(after(knock, knock).entryRequests).toHaveLength(1);
    const answered: SignallingNotification = {
      event: 'entry-responded',
      data: { participantId: 'dora', decision: 'denied' },
    };
    expect(after(knock, answered).entryRequests).toEqual([]);
  });

  it('stays the same object when nothing about it changed', () => {
    const room = after();
    expect(reduceRoom(room, { event: 'media-restart', data: { reason: 'worker' } })).toBe(room);
  });

  it('knows who asks one on stage until one’s mode has changed', () => {
    const watching = roomFromJoined(
      joined({ participants: [person('ana'), person('me', { mode: 'SIGNALLING_ONLY' })] }),
      null,
    );
    expect(watching).toMatchObject({ mode: 'SIGNALLING_ONLY', stageInvitation: null });
    const invited = reduceRoom(watching, { event: 'stage-invited', data: { byName: 'Ana' } });
    expect(invited.stageInvitation).toEqual({ byName: 'Ana' });
    const onStage = withMode(invited, 'SEND_AND_RECV');
    expect(onStage).toMatchObject({ mode: 'SEND_AND_RECV', stageInvitation: null });
    expect(onStage.participants.map(({ mode }) => mode)).toEqual(['SEND_AND_RECV', 'SEND_AND_RECV']);
  });

  it('knows whether there are captions, from joining on', () => {
    const captions = { transcriptionId: 'transcription-1', language: 'en-US' };
    expect(after().captions).toBeNull();
    expect(roomFromJoined(joined({ captions }), null).captions).toEqual(captions);
    const begun = after({ event: 'captions-changed', data: { captions } });
    expect(begun.captions).toEqual(captions);
    expect(reduceRoom(begun, { event: 'captions-changed', data: { captions: null } }).captions).toBeNull();
  });

  it('knows a moderator by the permission', () => {
    expect(after().isModerator).toBe(false);
    expect(roomFromJoined(joined({ permissions: ['allow_join', 'allow_mod'] }), null).isModerator).toBe(true);
  });
});

describe('the tiles', () => {
  const track = (id: string): MediaStreamTrack =>
    Object.assign(new EventTarget(), { id }) as MediaStreamTrack;

  it('have oneself first and everybody once, whether or not the runtime lists oneself', () => {
    const listed = tilesOf(after(), new Map(), noOwnTracks);
    const unlisted = tilesOf(
      roomFromJoined(joined({ participants: [person('ana')] }), null),
      new Map(),
      noOwnTracks,
    );
    expect(listed.map(({ participantId }) => participantId)).toEqual(['me', 'ana']);
    expect(unlisted.map(({ participantId }) => participantId)).toEqual(['me', 'ana']);
  });

  it('show a camera that is on and arrives, and none that is muted', () => {
    const camera = track('camera');
    const view = { trackId: 't1', kind: 'video', codec: 'vp8' } as const;
    const shown = (muted: boolean) =>
      tilesOf(
        after({
          event: 'participant-updated',
          data: { participant: person('ana', { tracks: [{ ...view, muted }] }) },
        }),
        new Map([['t1', camera]]),
        noOwnTracks,
      )[1];
    expect(shown(false)).toMatchObject({ cameraOn: true, camera: { track: camera, trackId: 't1' } });
    expect(shown(true)).toMatchObject({ cameraOn: false, camera: null });
  });

  it('put no ring on somebody who is muted', () => {
    const room = after({ event: 'speaker-changed', data: { participantId: 'ana' } });
    expect(tilesOf(room, new Map(), noOwnTracks)[1]).toMatchObject({ speaking: false, microphoneOn: false });
  });

  it('leave lookers-on out of the stage and in the list', () => {
    const room = after({
      event: 'participant-joined',
      data: { participant: person('viewer', { mode: 'RECV_ONLY' }) },
    });
    expect(tilesOf(room, new Map(), noOwnTracks).at(-1)).toMatchObject({
      participantId: 'viewer',
      isOnStage: false,
    });
  });

  it('let one hear microphones and shared sound of others, never oneself', () => {
    const audio = { muted: false, codec: 'opus' };
    const room = roomFromJoined(
      joined({
        participants: [
          person('ana', {
            tracks: [
              { ...audio, trackId: 'a1', kind: 'audio' },
              { ...audio, trackId: 'a2', kind: 'screen_audio' },
              { ...audio, trackId: 'a3', kind: 'video' },
            ],
          }),
          person('me', { tracks: [{ ...audio, trackId: 'own', kind: 'audio' }] }),
        ],
      }),
      null,
    );
    const received = new Map(['a1', 'a2', 'a3', 'own'].map((id) => [id, track(id)]));
    expect(soundsOf(room, received).map(({ trackId }) => trackId)).toEqual(['a1', 'a2']);
  });
});
