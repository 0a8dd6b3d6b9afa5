import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeAudioClip,
  hearWithWhep,
  openPublishStream,
  openTapStream,
  startRuntime,
  type Hearing,
  type InProcessRuntime,
  type PublishStream,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

const TONE_HZ = 1000;
const SECOND_MS = 1000;

/** A tone as s16le, mono. */
function tone(sampleRate: number, durationMs: number, hz = TONE_HZ): Buffer {
  const samples = Buffer.alloc((sampleRate * durationMs * 2) / 1000);
  for (let index = 0; index < samples.length / 2; index += 1) {
    samples.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hz * index) / sampleRate)), index * 2);
  }
  return samples;
}

describe('a client that publishes sound over a WebSocket', () => {
  let runtime: InProcessRuntime;
  let roomId: string;
  let host: SignallingParticipant;

  beforeAll(async () => {
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    host = await runtime.join(roomId, { participantId: 'host', name: 'Host' });
  });
  afterAll(async () => {
    await host.drop();
    await runtime[Symbol.asyncDispose]();
  });

  const open = (query: Record<string, string | number>): Promise<PublishStream> =>
    openPublishStream(runtime.url, roomId, query, runtime.serverKey);

  async function hear(participantId: string): Promise<Hearing> {
    await runtime.events.event('track-published', ({ data }) => data.participantId === participantId);
    return hearWithWhep(runtime, roomId, participantId);
  }

  it.each([16_000, 24_000, 48_000])(
    'is heard with PCM of %i Hz, all of it, and leaves when it closes',
    async (sampleRate) => {
      const participantId = `pcm-${sampleRate}`;
      const client = await open({ audio: 'pcm', sampleRate, participantId, name: 'Robot' });
      expect(client.participantId).toBe(participantId);
      await runtime.events.event(
        'participant-joined',
        ({ data }) => data.participantId === participantId && data.participantName === 'Robot',
      );
      await using ear = await hear(participantId);
      // All at once, as speech synthesis gives it: it is heard at its pace.
      const sentAtMs = performance.now();
      client.send(tone(sampleRate, SECOND_MS));
      await client.notes.first(({ type }) => type === 'drained', 'that all has been heard');
      expect(performance.now() - sentAtMs).toBeGreaterThan(SECOND_MS * 0.9);
      await expect.poll(() => ear.heardMs(TONE_HZ)).toBeGreaterThan(SECOND_MS * 0.9);
      expect(ear.heardMs(TONE_HZ)).toBeLessThan(SECOND_MS * 1.1);
      await client.close();
      await runtime.events.event('participant-left', ({ data }) => data.participantId === participantId);
      const [step] = await publishSteps();
      expect(step).toMatchObject({ participantId, state: 'finished', reason: 'client-closed' });
    },
  );

  it('is heard with Opus packets as they are, and taped like anybody', async () => {
    const clip = await encodeAudioClip(2);
    await using client = await open({ audio: 'opus', participantId: 'opus' });
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId: 'opus', kinds: ['audio'] },
    });
    await using stream = await openTapStream(runtime.url, stepId, { audio: 'opus' }, runtime.serverKey);
    await stream.notes.first(() => true, 'a first note');
    for (const { data } of clip.frames) {
      client.send(data);
    }
    await client.notes.first(({ type }) => type === 'drained', 'that all has been heard');
    const sent = clip.frames.map(({ data }) => Buffer.from(data).toString('base64'));
    const received = stream.messages.all.map(({ payload }) => payload.toString('base64'));
    expect(received.filter((packet) => sent.includes(packet)).length).toBeGreaterThan(sent.length * 0.95);
  });

  it('is held up, not cut, when it sends much faster than it sounds', async () => {
    await using client = await open({ audio: 'pcm', sampleRate: 16_000 });
    for (let second = 0; second < 20; second += 1) {
      client.send(tone(16_000, SECOND_MS));
    }
    const full = await client.notes.first((note) => note.type === 'full', 'that it is full');
    expect(full.bufferedMs).toBeGreaterThan(10_000);
    expect(full.bufferedMs).toBeLessThan(12_000);
  });

  it('finishes what it has said when it says goodbye, and is silent at once when it is lost', async () => {
    const polite = await open({ audio: 'pcm', sampleRate: 16_000, participantId: 'polite' });
    await using ear = await hear('polite');
    polite.send(tone(16_000, 2 * SECOND_MS));
    await polite.close();
    await runtime.events.event('participant-left', ({ data }) => data.participantId === 'polite');
    expect(ear.heardMs(TONE_HZ)).toBeGreaterThan(1.8 * SECOND_MS);

    const lost = await open({ audio: 'pcm', sampleRate: 16_000, participantId: 'lost' });
    lost.send(tone(16_000, SECOND_MS));
    lost.send(tone(16_000, 8 * SECOND_MS).subarray(0, 90_000));
    const cutAtMs = performance.now();
    lost.cut();
    await runtime.events.event('participant-left', ({ data }) => data.participantId === 'lost');
    expect(performance.now() - cutAtMs).toBeLessThan(SECOND_MS);
  });

  it('is closed with the reason when what it sends is no sound', async () => {
    const text = await open({ audio: 'pcm' });
    text.send('hello');
    expect(await text.closed).toEqual({ code: 1003, reason: 'only binary messages are sound' });
    const odd = await open({ audio: 'pcm' });
    odd.send(new Uint8Array(3));
    expect(await odd.closed).toMatchObject({
      code: 1007,
      reason: expect.stringContaining('s16le') as string,
    });
    const noOpus = await open({ audio: 'opus' });
    noOpus.send(Uint8Array.of(0xfb, 0x3f, 0, 0));
    expect(await noOpus.closed).toMatchObject({ code: 1007 });
    const huge = await open({ audio: 'pcm' });
    huge.send(new Uint8Array(200_000));
    expect(await huge.closed).toMatchObject({ code: 1009 });
    await expect
      // The client that was held up and went is noticed when it is read again: after five seconds.
      .poll(async () => (await publishSteps()).every(({ state }) => state === 'finished'), {
        timeout: 15_000,
      })
      .toBe(true);
  });

  it('is closed when the host removes it, and when the session ends', async () => {
    await using removed = await open({ audio: 'pcm', participantId: 'removed' });
    await runtime.api.call('POST', '/v2/sessions/participants/remove', { roomId, participantId: 'removed' });
    expect(await removed.closed).toEqual({ code: 1000, reason: 'participant-left' });

    const { roomId: other } = await runtime.api.createRoom();
    const guest = await runtime.join(other, { participantId: 'guest' });
    await using client = await openPublishStream(runtime.url, other, { audio: 'pcm' }, runtime.serverKey);
    await guest.leave();
    expect(await client.closed).toMatchObject({ code: 1000 });
    await runtime.events.event('session-ended', (event) => event.roomId === other);
    await guest.drop();
  });

  it('is refused before anything is opened', async () => {
    await expect(open({ audio: 'mp3' })).rejects.toMatchObject({ status: 400 });
    await expect(open({ audio: 'opus', sampleRate: 48_000 })).rejects.toMatchObject({ status: 400 });
    await expect(open({ audio: 'pcm', participantId: 'host' })).rejects.toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    const { roomId: empty } = await runtime.api.createRoom();
    await expect(
      openPublishStream(runtime.url, empty, { audio: 'pcm' }, runtime.serverKey),
    ).rejects.toMatchObject({ status: 404, body: { code: 'no-live-session' } });
    await expect(
      openPublishStream(runtime.url, roomId, { audio: 'pcm' }, await runtime.token({ roles: ['rtc'] })),
    ).rejects.toMatchObject({ status: 403, body: { code: 'unauthorized-role' } });
    const posted = await runtime.api.send('POST', `/v2/rooms/${roomId}/steps`, {
      step: 'publish',
      with: { participantId: 'host', audio: 'pcm' },
    });
    expect(posted.status).toBe(400);
  });

  it('leaves when the worker that holds it is lost, and may come again', async () => {
    const { roomId: unlucky } = await runtime.api.createRoom();
    await using guest = await runtime.join(unlucky, { participantId: 'guest' });
    const query = { audio: 'pcm', participantId: 'robot' };
    const client = await openPublishStream(runtime.url, unlucky, query, runtime.serverKey);
    process.kill(runtime.served.runtime.pool.pidOf(guest.sessionId)!, 'SIGKILL');
    expect(await client.closed).toMatchObject({ code: 1006 });
    await runtime.events.event('participant-left', (event) => event.roomId === unlucky);
    await using again = await openPublishStream(runtime.url, unlucky, query, runtime.serverKey);
    expect(again.participantId).toBe('robot');
  });

  async function publishSteps(): Promise<{ state: string; participantId: string }[]> {
    const path = `/v2/rooms/${roomId}/steps?step=publish`;
    return (await runtime.api.call<{ data: { state: string; participantId: string }[] }>('GET', path)).data;
  }
});
