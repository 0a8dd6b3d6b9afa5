import { Check } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchemas, type JoinLink } from '../../../runtime/contract/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  joinRoom,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
let clips: EncodedClip[];
beforeAll(async () => {
  clips = [
    await encodeVideoClip('vp8', { seconds: 2, size: '240x136', kbps: 300 }),
    await encodeAudioClip(2),
  ];
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const newRoom = async (body: Record<string, unknown> = {}): Promise<string> =>
  (await runtime.api.createRoom(body)).roomId;
const joinHost = (roomId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId: 'host', name: 'Host', permissions: ['allow_join', 'allow_mod'] });
const watchToken = async (roomId: string): Promise<string> =>
  (await runtime.api.call<JoinLink>('POST', `/v2/rooms/${roomId}/join-links`, { page: 'watch' })).token;

describe('a viewer', () => {
  it('is invited, comes on stage, publishes, goes over to another page as the same, and is brought back', async () => {
    const roomId = await newRoom();
    const token = await watchToken(roomId);
    await using host = await joinHost(roomId);
    await using other = await joinRoom(runtime.url, roomId, token, { name: 'Other', participantId: 'other' });
    const ada = await joinRoom(runtime.url, roomId, token, { name: 'Ada', participantId: 'ada' });
    await ada.call('raise-hand', { raised: true });

    await host.call('invite-to-stage', { participantId: 'ada', onStage: true });
    expect(await ada.notified('stage-invited')).toEqual({ byName: 'Host' });
    expect(await ada.call('respond-stage', { accept: true })).toEqual({ mode: 'SEND_AND_RECV' });
    expect(await ada.notified('mode-changed')).toEqual({ mode: 'SEND_AND_RECV' });
    expect(await host.notified('stage-responded')).toEqual({
      participantId: 'ada',
      participantName: 'Ada',
      accepted: true,
    });
    for (const one of [host, other]) {
      await one.notified(
        'participant-updated',
        ({ participant }) => participant.participantId === 'ada' && participant.mode === 'SEND_AND_RECV',
      );
      await one.notified('viewers-changed', ({ viewers }) => viewers === 1);
    }
    await host.notified('hands-changed', ({ hands }) => hands.length === 0);
    await runtime.events.event('participant-mode-changed', ({ data }) => data.mode === 'SEND_AND_RECV');

    // The join page takes over with the watch token and what proves who it is.
    await ada.drop();
    await using onStage = await joinRoom(runtime.url, roomId, token, {
      name: 'Ada',
      mode: 'SEND_AND_RECV',
      resumeToken: ada.resumeToken,
    });
    expect(onStage).toMatchObject({ participantId: 'ada', resumed: true });
    expect(onStage.participants.map(({ participantId, mode }) => [participantId, mode])).toEqual([
      ['host', 'SEND_AND_RECV'],
      ['other', 'SIGNALLING_ONLY'],
      ['ada', 'SEND_AND_RECV'],
    ]);
    await using media = await publishAs(onStage, { clips });
    await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
    await other.notified('participant-updated', ({ participant }) => participant.tracks.length === 2);
    const { recordingId } = await runtime.api.record(roomId, 'ada');
    await media.sentMore(60);
    await host.call('pin', { pinnedIds: ['ada', 'host'] });

    await runtime.api.call('POST', `/v2/rooms/${roomId}/stage`, { participantId: 'ada', onStage: false });
    expect(await onStage.notified('mode-changed')).toEqual({ mode: 'SIGNALLING_ONLY' });
    expect(
      (
        await host.notified(
          'participant-updated',
          ({ participant }) => participant.participantId === 'ada' && participant.mode === 'SIGNALLING_ONLY',
        )
      ).participant.tracks,
    ).toEqual([]);
    expect(await other.notified('participant-left')).toEqual({
      participantId: 'ada',
      reason: 'moved-to-audience',
    });
    await host.notified('pins-changed', ({ pinnedIds }) => pinnedIds.join() === 'host');
    await expect(onStage.call('publish', { sdp: 'v=0', tracks: [] })).rejects.toMatchObject({
      code: 'unauthorized-request',
    });
    const [file] = await completedRecording(runtime, recordingId);
    expect(file!.meta.duration).toBeGreaterThan(1);

    const { data } = await runtime.api.participants(host.sessionId);
    const person = data.participants.find(({ participantId }) => participantId === 'ada');
    expect(person).toMatchObject({ mode: 'SIGNALLING_ONLY', tracks: [] });
    expect(person?.timelog).toHaveLength(1);
    expect(person?.events.webcam).toMatchObject([{ end: expect.any(String) as string }]);
    expect(
      person?.changeModeHistory.map(({ mode, timelog }) => [mode, timelog.map(({ end }) => end === null)]),
    ).toEqual([
      ['SIGNALLING_ONLY', [false, true]],
      ['SEND_AND_RECV', [false]],
    ]);
    const events = runtime.events.events().filter((event) => event.roomId === roomId);
    expect(events.filter((event) => !Check(eventSchemas[event.type], event.data))).toEqual([]);
    expect(
      events
        .filter(({ type }) => type.startsWith('stage-') || type === 'participant-mode-changed')
        .map(({ type }) => type),
    ).toEqual(['stage-invited', 'participant-mode-changed', 'participant-mode-changed']);
  });

  it('who was not invited, or whose invitation was taken back, does not come on stage', async () => {
    const roomId = await newRoom();
    const token = await watchToken(roomId);
    await using host = await joinHost(roomId);
    await using ada = await joinRoom(runtime.url, roomId, token, { name: 'Ada', participantId: 'ada' });
    await using eve = await joinRoom(runtime.url, roomId, token, { name: 'Eve', participantId: 'eve' });
    await expect(ada.call('respond-stage', { accept: true })).rejects.toMatchObject({ code: 'not-invited' });
    await expect(eve.call('invite-to-stage', { participantId: 'eve', onStage: true })).rejects.toMatchObject({
      code: 'unauthorized-request',
    });

    await host.call('invite-to-stage', { participantId: 'ada', onStage: true });
    await host.call('invite-to-stage', { participantId: 'ada', onStage: false });
    await expect(ada.call('respond-stage', { accept: true })).rejects.toMatchObject({ code: 'not-invited' });
    expect(ada.notifications('mode-changed')).toEqual([]);
    await expect(
      host.call('invite-to-stage', { participantId: 'nobody', onStage: true }),
    ).rejects.toMatchObject({ code: 'participant-not-found' });
  });

  it('may decline, and is asked again after a reload while it has not answered', async () => {
    const roomId = await newRoom();
    const token = await watchToken(roomId);
    await using host = await joinHost(roomId);
    const ada = await joinRoom(runtime.url, roomId, token, { name: 'Ada', participantId: 'ada' });
    expect(
      await runtime.api.call('POST', `/v2/rooms/${roomId}/stage`, { participantId: 'ada', onStage: true }),
    ).toEqual({ roomId, participantId: 'ada', mode: 'SIGNALLING_ONLY', invited: true });
    await ada.drop();
    await using back = await joinRoom(runtime.url, roomId, token, {
      name: 'Ada',
      resumeToken: ada.resumeToken,
    });
    expect(back.stageInvitation).toEqual({ byName: 'The host' });
    expect(await back.call('respond-stage', { accept: false })).toEqual({ mode: 'SIGNALLING_ONLY' });
    expect(await host.notified('stage-responded')).toMatchObject({ accepted: false });
    await expect(back.call('respond-stage', { accept: true })).rejects.toMatchObject({ code: 'not-invited' });
  });

  it('finds the stage full when it is, and may accept later', async () => {
    const roomId = await newRoom({ maxParticipants: 2 });
    const token = await watchToken(roomId);
    await using host = await joinHost(roomId);
    await using ada = await joinRoom(runtime.url, roomId, token, { name: 'Ada', participantId: 'ada' });
    await host.call('invite-to-stage', { participantId: 'ada', onStage: true });
    await using guest = await runtime.join(roomId, { participantId: 'guest' });
    await expect(ada.call('respond-stage', { accept: true })).rejects.toMatchObject({ code: 'room-full' });
    await guest.leave();
    await host.notified('participant-left', ({ participantId }) => participantId === 'guest');
    expect(await ada.call('respond-stage', { accept: true })).toEqual({ mode: 'SEND_AND_RECV' });
  });
});

describe('pins', () => {
  it('are set by moderators and over the API, told to all, and end with who is pinned', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    await using viewer = await runtime.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    expect(await host.call('pin', { pinnedIds: ['ada', 'host'] })).toEqual({ pinnedIds: ['ada', 'host'] });
    expect(await viewer.notified('pins-changed')).toEqual({ pinnedIds: ['ada', 'host'] });
    expect(await runtime.api.call('GET', `/v2/rooms/${roomId}/pins`)).toEqual({
      roomId,
      pinnedIds: ['ada', 'host'],
    });
    await using late = await runtime.join(roomId, { mode: 'SIGNALLING_ONLY' });
    expect(late.audience.pinnedIds).toEqual(['ada', 'host']);
    await ada.leave();
    await late.notified('pins-changed', ({ pinnedIds }) => pinnedIds.join() === 'host');
    await runtime.api.call('PUT', `/v2/rooms/${roomId}/pins`, { pinnedIds: [] });
    await late.notified('pins-changed', ({ pinnedIds }) => pinnedIds.length === 0);
    const told = runtime.events
      .events()
      .flatMap((event) =>
        event.type === 'pin-state-changed' && event.roomId === roomId ? [event.data.pinnedIds] : [],
      );
    expect(told).toEqual([['ada', 'host'], ['host'], []]);
  });

  it.each([
    { what: 'somebody who is not there', pinnedIds: ['nobody'], code: 'participant-not-found' },
    { what: 'somebody who only watches', pinnedIds: ['eve'], code: 'invalid-request' },
    { what: 'somebody twice', pinnedIds: ['host', 'host'], code: 'invalid-request' },
  ])('are refused for $what', async ({ pinnedIds, code }) => {
    const roomId = await newRoom();
    await using _host = await joinHost(roomId);
    await using eve = await runtime.join(roomId, { participantId: 'eve', mode: 'SIGNALLING_ONLY' });
    expect(await runtime.api.send('PUT', `/v2/rooms/${roomId}/pins`, { pinnedIds })).toMatchObject({
      body: { code },
    });
    await expect(eve.call('pin', { pinnedIds: [] })).rejects.toMatchObject({ code: 'unauthorized-request' });
  });
});
