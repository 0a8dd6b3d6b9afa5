import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RTCPeerConnection, useOPUS, useVP8, type RtpPacket } from 'werift';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishWithWhip,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

const sdpType = { 'content-type': 'application/sdp' };

let runtime: InProcessRuntime;
let clips: EncodedClip[];
beforeAll(async () => {
  clips = [await encodeVideoClip('vp8', { seconds: 2 }), await encodeAudioClip(2)];
  runtime = await startRuntime({ reconnectGraceMs: 1000 });
});
afterAll(() => runtime[Symbol.asyncDispose]());

/** A standard client that offers to receive one sound and one picture. */
async function watcher() {
  const connection = new RTCPeerConnection({
    codecs: { audio: [useOPUS()], video: [useVP8()] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceFilterCandidatePair: (pair) => pair.remoteCandidate.host === '127.0.0.1',
  });
  const packets: Record<'audio' | 'video', RtpPacket[]> = { audio: [], video: [] };
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe((packet) => packets[track.kind as 'audio' | 'video'].push(packet));
  });
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.addTransceiver('audio', { direction: 'recvonly' });
  await connection.setLocalDescription(await connection.createOffer());
  return { connection, packets, offer: connection.localDescription?.sdp ?? '' };
}

describe('WHIP and WHEP', () => {
  it('let standard clients publish and watch, until each deletes its session', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using camera = await publishWithWhip(runtime, roomId, { clips, participantId: 'camera' });
    expect(camera.resourceUrl).toMatch(/^\/v2\/whip\/.+/);
    await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
    const { recordingId } = await runtime.api.record(roomId, 'camera');

    const { connection, packets, offer } = await watcher();
    const path = `/v2/whep?roomId=${roomId}&participantId=screen`;
    const answer = await runtime.api.send('POST', path, offer, sdpType);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toContain('application/sdp');
    await connection.setRemoteDescription({ type: 'answer', sdp: String(answer.body) });
    await expect.poll(() => packets.video.length, { timeout: 10_000 }).toBeGreaterThan(60);
    await expect.poll(() => packets.audio.length, { timeout: 10_000 }).toBeGreaterThan(30);
    // Who watches is a participant that only receives.
    expect(runtime.served.runtime.rooms.sessionOf(roomId)?.require('screen').mode).toBe('RECV_ONLY');

    const watching = answer.headers.get('location')!;
    expect((await runtime.api.send('DELETE', watching)).status).toBe(200);
    const left = await runtime.events.event('participant-left', (event) => event.roomId === roomId);
    expect(left.data).toMatchObject({ participantId: 'screen', reason: 'left' });
    expect(await runtime.api.send('DELETE', watching)).toMatchObject({
      status: 404,
      body: { code: 'session-not-found' },
    });
    await connection.close();

    expect((await runtime.api.send('DELETE', camera.resourceUrl)).status).toBe(200);
    const [file] = await completedRecording(runtime, recordingId);
    expect(file!.meta).toMatchObject({ videoCodec: 'vp8', audioCodec: 'opus' });
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
  });

  it('takes a client that vanishes without a word for gone', async () => {
    const { roomId } = await runtime.api.createRoom();
    const camera = await publishWithWhip(runtime, roomId, { clips, participantId: 'camera' });
    await runtime.events.event('track-published', (event) => event.roomId === roomId);
    await camera.close();
    const left = await runtime.events.event('participant-left', (event) => event.roomId === roomId, {
      timeoutMs: 60_000,
    });
    expect(left.data).toMatchObject({ participantId: 'camera', reason: 'connection-lost' });
  });

  it('does not keep a client whose media worker is lost: it has to come anew', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using camera = await publishWithWhip(runtime, roomId, { clips, participantId: 'camera' });
    const { sessionId } = await runtime.events.event('track-published', (event) => event.roomId === roomId);
    process.kill(runtime.served.runtime.pool.pidOf(sessionId!)!, 'SIGKILL');
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    await camera.close();
    await using again = await publishWithWhip(runtime, roomId, { clips, participantId: 'camera' });
    await again.sentMore(30);
  });

  it('refuses what is no offer, who may not join, and a room in which nobody publishes', async () => {
    const { roomId } = await runtime.api.createRoom();
    const whip = (body: string, query = '', type = sdpType) =>
      runtime.api.send('POST', `/v2/whip?roomId=${roomId}${query}`, body, type);
    expect(await whip('hello')).toMatchObject({ status: 400, body: { code: 'invalid-sdp' } });
    expect(await whip('v=0\r\no=- garbage\r\nm=nonsense\r\n')).toMatchObject({
      status: 400,
      body: { code: 'invalid-sdp' },
    });
    expect(await whip('v=0', '', { 'content-type': 'text/html' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    });
    expect(await runtime.api.send('POST', '/v2/whip?roomId=no-such-room', 'v=0', sdpType)).toMatchObject({
      status: 404,
      body: { code: 'room-not-found', errorCode: 4003 },
    });
    const { connection, offer } = await watcher();
    expect(await runtime.api.send('POST', `/v2/whep?roomId=${roomId}`, offer, sdpType)).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
    await using quiet = await runtime.join(roomId, { participantId: 'quiet' });
    expect(await runtime.api.send('POST', `/v2/whep?roomId=${roomId}`, offer, sdpType)).toMatchObject({
      status: 404,
      body: { code: 'track-not-found', retryable: true },
    });
    await connection.close();
    const crawler = runtime.api.as(await runtime.token({ roles: ['crawler'] }));
    expect(await crawler.send('POST', `/v2/whip?roomId=${roomId}`, offer, sdpType)).toMatchObject({
      status: 403,
      body: { code: 'unauthorized-role' },
    });
    await expect.poll(() => runtime.served.runtime.rooms.sessionOf(roomId)?.present().length).toBe(1);
    expect(quiet.notifications('removed')).toEqual([]);
  });
});
