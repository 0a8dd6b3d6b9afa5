import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeBeepAndFlash,
  encodeVideoClip,
  openTapStream,
  publishAs,
  startRuntime,
  type BeepAndFlashClips,
  type InProcessRuntime,
  type MediaPublisher,
  type ReceivedTapMessage,
  type SignallingParticipant,
  type TapStream,
} from '../../support/runtime/index.ts';

/** Where in each second the clip beeps. */
const BEEP_AT_PACKET = 25;
const PACKETS_PER_SECOND = 50;
const PACKET_MS = 20;
const SECONDS = 3;

describe('a tap as a stream', () => {
  let runtime: InProcessRuntime;
  let clips: BeepAndFlashClips;
  let roomId: string;
  let ada: SignallingParticipant;
  let media: MediaPublisher;
  let sessionStartMs: number;

  beforeAll(async () => {
    clips = await encodeBeepAndFlash(2);
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    media = await publishAs(ada, { clips: [clips.audio] });
    await runtime.events.event('track-published', (event) => event.roomId === roomId);
    sessionStartMs = Date.parse((await runtime.api.session(ada.sessionId)).start);
  });
  afterAll(async () => {
    await media.close();
    await ada.drop();
    await runtime[Symbol.asyncDispose]();
  });

  const startTap = async (options: Record<string, unknown> = {}): Promise<string> =>
    (
      await runtime.api.startStep(roomId, {
        step: 'tap',
        with: { participantId: 'ada', kinds: ['audio'], ...options },
      })
    ).stepId;

  const open = (stepId: string, query: Record<string, string | number> = {}): Promise<TapStream> =>
    openTapStream(runtime.url, stepId, query, runtime.serverKey);

  /** When the beeps that were sent set in, on the session clock. */
  const sentBeepsMs = (): number[] =>
    media.tracks[0]!.frames.flatMap(({ atMs }, index) =>
      index % PACKETS_PER_SECOND === BEEP_AT_PACKET ? [atMs - sessionStartMs] : [],
    );

  it.each([16_000, 48_000])(
    'is heard as PCM of %i Hz at the time at which it was said',
    async (sampleRate) => {
      const stepId = await startTap();
      await using stream = await open(stepId, { audio: 'pcm', sampleRate });
      expect(await stream.notes.first(() => true, 'a first note')).toMatchObject({
        type: 'started',
        ...{ stepId, roomId, sessionId: ada.sessionId, participantId: 'ada' },
        tracks: [{ kind: 'audio', type: 'pcm', sampleRate }],
      });
      await stream.messages.first(() => true, 'a first block');
      await media.sentMore(SECONDS * PACKETS_PER_SECOND);

      const blocks = stream.messages.all;
      expect(blocks.length).toBeGreaterThan((SECONDS - 1) * PACKETS_PER_SECOND);
      for (const { header, payload } of blocks) {
        expect(header).toMatchObject({ type: 'pcm', participantId: 'ada', kind: 'audio', sampleRate });
        expect(payload.length).toBe((sampleRate / 1000) * PACKET_MS * 2);
      }
      const gaps = blocks.slice(1).map(({ header }, index) => header.timeMs - blocks[index]!.header.timeMs);
      expect(Math.max(...gaps.map((gap) => Math.abs(gap - PACKET_MS)))).toBeLessThan(3);

      const heard = beepOnsetsMs(blocks, sampleRate, clips.beepHz);
      expect(heard.length).toBeGreaterThanOrEqual(SECONDS - 1);
      const sent = sentBeepsMs();
      for (const onset of heard) {
        expect(Math.min(...sent.map((atMs) => Math.abs(atMs - onset)))).toBeLessThan(40);
      }
    },
  );

  it('gives the Opus packets as they were sent, in order and without a hole', async () => {
    const stepId = await startTap();
    await using stream = await open(stepId, { audio: 'opus' });
    await stream.messages.first(() => true, 'a first packet');
    await media.sentMore(PACKETS_PER_SECOND);
    const sent = clips.audio.frames.map(({ data }) => Buffer.from(data).toString('base64'));
    const received = stream.messages.all.map(({ payload }) => payload.toString('base64'));
    const at = Array.from({ length: sent.length }, (_, index) => index).find((index) =>
      received.every((packet, offset) => packet === sent[(index + offset) % sent.length]),
    );
    expect(received.length).toBeGreaterThan(PACKETS_PER_SECOND / 2);
    expect(at).toBeDefined();
  });

  it('tells its clients why it ends, and refuses those who come later', async () => {
    const stepId = await startTap();
    await using stream = await open(stepId);
    await runtime.api.step(stepId, 'stop');
    expect(await stream.closed).toEqual({ code: 1000, reason: 'requested' });
    expect(stream.notes.all.at(-1)).toEqual({ type: 'ended', reason: 'requested' });
    await expect(open(stepId)).rejects.toMatchObject({ status: 409, body: { code: 'tap-ended' } });
  });

  it('refuses, before anything is opened, what it cannot be asked for', async () => {
    const stepId = await startTap();
    await expect(open('stp_none')).rejects.toMatchObject({ status: 404, body: { code: 'step-not-found' } });
    await expect(open(stepId, { audio: 'mp3' })).rejects.toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    await expect(open(stepId, { video: 'jpeg' })).rejects.toMatchObject({
      status: 404,
      body: { code: 'track-not-found' },
    });
    await expect(open(stepId, { audio: 'opus', sampleRate: 16_000 })).rejects.toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('audio=pcm') as string },
    });
    await expect(openTapStream(runtime.url, stepId, {}, 'nonsense')).rejects.toMatchObject({ status: 401 });
    const joining = await runtime.token({ roles: ['rtc'] });
    await expect(openTapStream(runtime.url, stepId, {}, joining)).rejects.toMatchObject({
      status: 403,
      body: { code: 'unauthorized-role' },
    });
    const plain = await runtime.api.send('GET', `/v2/taps/${stepId}/stream`);
    expect(plain).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    await expect(
      runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'nobody' } }),
    ).rejects.toMatchObject({ body: { code: 'participant-not-found' } });
  });

  it('takes a token in the query, for programs that cannot set a header', async () => {
    const stepId = await startTap();
    const address = new URL(`/v2/taps/${stepId}/stream?audio=pcm`, runtime.url.replace('http', 'ws'));
    address.searchParams.set('token', await runtime.token({ roles: ['crawler'] }));
    const socket = new WebSocket(address);
    const first = await new Promise<MessageEvent<string>>((resolve, reject) => {
      socket.addEventListener('message', resolve, { once: true });
      socket.addEventListener('close', reject);
    });
    expect(JSON.parse(first.data)).toMatchObject({ type: 'started' });
    socket.close();
  });

  it('leaves out what a client does not read, tells it how much, and delays nobody else', async () => {
    const bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
    const camera = await publishAs(bob, {
      clips: [await encodeVideoClip('vp8', { size: '1280x720', seconds: 2, kbps: 3000 })],
    });
    await runtime.events.event('track-published', ({ data }) => data.participantId === 'bob');
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId: 'bob', kinds: ['video'] },
    });
    await using slow = await open(stepId, { video: 'jpeg', fps: 20 });
    await using quick = await open(await startTap(), { audio: 'opus' });
    await slow.messages.first(() => true, 'a first picture');
    slow.pauseReading();
    await expect
      .poll(async () => (await runtime.api.step(stepId)).progress['messagesDropped'], { timeout: 60_000 })
      .toBeGreaterThan(0);
    const { length } = quick.messages.all;
    await media.sentMore(PACKETS_PER_SECOND);
    expect(quick.messages.all.length - length).toBeGreaterThan(PACKETS_PER_SECOND * 0.9);
    slow.resumeReading();
    const told = await slow.messages.first(({ header }) => header.dropped !== undefined, 'a count');
    expect(told.header.dropped).toBeGreaterThan(0);
    await camera.close();
    await bob.leave();
    expect(await slow.closed).toEqual({ code: 1000, reason: 'participant-left' });
    await bob.drop();
  });

  it('closes a client that talks', async () => {
    await using stream = await open(await startTap());
    stream.send('hello');
    expect(await stream.closed).toMatchObject({ code: 1003 });
  });

  it('ends with its worker, and can be opened anew once another has taken the tap over', async () => {
    const { roomId: unlucky } = await runtime.api.createRoom();
    const cleo = await runtime.join(unlucky, { participantId: 'cleo', name: 'Cleo' });
    const { stepId } = await runtime.api.startStep(unlucky, { step: 'tap', with: { participantId: 'cleo' } });
    const stream = await open(stepId, { audio: 'opus' });
    await stream.notes.first(() => true, 'a first note');
    process.kill(runtime.served.runtime.pool.pidOf(cleo.sessionId)!, 'SIGKILL');
    expect(await stream.closed).toMatchObject({ code: 1006 });
    await using again = await open(stepId, { audio: 'opus' });
    expect(await again.notes.first(() => true, 'a first note')).toMatchObject({ type: 'started', stepId });
    await cleo.drop();
  });
});

/** Onsets of a tone, on the clock of the headers. */
function beepOnsetsMs(blocks: readonly ReceivedTapMessage[], sampleRate: number, hz: number): number[] {
  const windowMs = 4;
  const length = (sampleRate * windowMs) / 1000;
  const onsets: number[] = [];
  let quiet = 0;
  for (const { header, payload } of blocks) {
    const samples = new Int16Array(payload.length / 2);
    samples.forEach((_, index) => (samples[index] = payload.readInt16LE(index * 2)));
    for (let start = 0; start + length <= samples.length; start += length) {
      let [inPhase, quadrature] = [0, 0];
      for (let index = 0; index < length; index += 1) {
        const value = (samples[start + index] ?? 0) / 32_768;
        const angle = (2 * Math.PI * hz * index) / sampleRate;
        inPhase += value * Math.cos(angle);
        quadrature += value * Math.sin(angle);
      }
      const isLoud = (2 * Math.hypot(inPhase, quadrature)) / length > 0.1;
      if (isLoud && quiet > 50) {
        onsets.push(header.timeMs + (start * 1000) / sampleRate);
      }
      quiet = isLoud ? 0 : quiet + windowMs;
    }
  }
  return onsets;
}
