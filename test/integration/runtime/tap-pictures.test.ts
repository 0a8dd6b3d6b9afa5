import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestColour } from '../../support/guests/index.ts';
import { colourDistance } from '../../support/oracle/index.ts';
import {
  encodeBeepAndFlash,
  encodeVideoClip,
  openTapStream,
  publishAs,
  readJpeg,
  startRuntime,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
  type TapStream,
} from '../../support/runtime/index.ts';

const GUEST = 3;
const FRAMES_PER_SECOND = 30;
const FLASH_FRAMES = [15, 16, 17];
const white = { red: 255, green: 255, blue: 255 };
/** Of the signal: neither the moving square nor an edge. */
const GROUND = { across: 0.5, down: 0.9 };

describe('the pictures of a tap', () => {
  let runtime: InProcessRuntime;
  let roomId: string;
  let ada: SignallingParticipant;
  let bob: SignallingParticipant;
  let flashes: MediaPublisher;
  let sparse: MediaPublisher;
  let sessionStartMs: number;

  beforeAll(async () => {
    const { video } = await encodeBeepAndFlash(GUEST);
    const h264 = await encodeVideoClip('h264');
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
    flashes = await publishAs(ada, { clips: [video] });
    sparse = await publishAs(bob, { clips: [h264] });
    for (const id of ['ada', 'bob']) {
      await runtime.events.event('track-published', ({ data }) => data.participantId === id);
    }
    sessionStartMs = Date.parse((await runtime.api.session(ada.sessionId)).start);
  });
  afterAll(async () => {
    await Promise.all([flashes.close(), sparse.close()]);
    await Promise.all([ada.drop(), bob.drop()]);
    await runtime[Symbol.asyncDispose]();
  });

  async function open(participantId: string, query: Record<string, string | number>): Promise<TapStream> {
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: { participantId, kinds: ['video'] },
    });
    return openTapStream(runtime.url, stepId, { video: 'jpeg', ...query }, runtime.serverKey);
  }

  it('come as JPEG at the rate asked for, scaled, and show what was filmed at their time', async () => {
    await using stream = await open('ada', { fps: 10, maxWidth: 320 });
    await stream.messages.first(() => true, 'a first picture');
    await flashes.sentMore(4 * FRAMES_PER_SECOND);
    const { all } = stream.messages;
    const seconds = (all.at(-1)!.header.timeMs - all[0]!.header.timeMs) / 1000;
    expect(all.length / seconds).toBeGreaterThan(9);
    expect(all.length / seconds).toBeLessThan(11);

    const sent = flashes.tracks[0]!.frames.map(({ atMs }, index) => ({
      atMs: atMs - sessionStartMs,
      isFlash: FLASH_FRAMES.includes(index % FRAMES_PER_SECOND),
    }));
    let seen = 0;
    for (const { header, payload } of all) {
      expect(header).toMatchObject({ type: 'jpeg', participantId: 'ada', kind: 'video' });
      const { width, height, colour } = await readJpeg(payload, GROUND);
      expect({ width, height }).toEqual({ width: 320, height: 180 });
      expect(header).toMatchObject({ width, height });
      const isFlash = colourDistance(colour, white) < 60;
      if (!isFlash) {
        expect(colourDistance(colour, guestColour(GUEST))).toBeLessThan(60);
      }
      // The last one before and the first one after it too: a sender on a busy machine stands still at times.
      const next = sent.filter(({ atMs }) => atMs <= header.timeMs).length;
      const around = sent.filter(
        ({ atMs }, i) => i === next - 1 || i === next || Math.abs(atMs - header.timeMs) <= 40,
      );
      expect(around.map((frame) => frame.isFlash)).toContain(isFlash);
      seen += isFlash ? 1 : 0;
    }
    expect(seen).toBeGreaterThanOrEqual(3);
  });

  it('are key frames asked for when few are wanted, of H.264 too', async () => {
    const before = sparse.tracks[0]!.keyFrameRequests;
    await using stream = await open('bob', { fps: 0.5 });
    await stream.messages.first(({ header }) => header.timeMs > 0, 'a first picture');
    const first = stream.messages.all.length;
    await sparse.sentMore(5 * FRAMES_PER_SECOND);
    expect(stream.messages.all.length - first).toBeGreaterThanOrEqual(2);
    expect(stream.messages.all.length - first).toBeLessThanOrEqual(3);
    expect(sparse.tracks[0]!.keyFrameRequests - before).toBeLessThan(8);
    const { width, height } = await readJpeg(stream.messages.all.at(-1)!.payload, GROUND);
    expect({ width, height }).toEqual({ width: 320, height: 180 });
  });

  it('are decoded once for clients that want the same, and by nobody when they have gone', async () => {
    const worker = runtime.served.runtime.pool.pidOf(ada.sessionId)!;
    await expect.poll(() => decodersOf(worker)).toEqual([]);
    {
      const { stepId } = await runtime.api.startStep(roomId, {
        step: 'tap',
        with: { participantId: 'ada', kinds: ['video'] },
      });
      const query = { video: 'jpeg', fps: 5 };
      await using one = await openTapStream(runtime.url, stepId, query, runtime.serverKey);
      await using other = await openTapStream(runtime.url, stepId, query, runtime.serverKey);
      await Promise.all([one, other].map(({ messages }) => messages.first(() => true, 'a picture')));
      expect(await decodersOf(worker)).toHaveLength(1);
    }
    await expect.poll(() => decodersOf(worker)).toEqual([]);
  });

  it('go on when the decoder is killed', async () => {
    const worker = runtime.served.runtime.pool.pidOf(ada.sessionId)!;
    await expect.poll(() => decodersOf(worker)).toEqual([]);
    await using stream = await open('ada', { fps: 10 });
    await stream.messages.first(() => true, 'a first picture');
    const [decoder] = await decodersOf(worker);
    process.kill(decoder!, 'SIGKILL');
    const killedAtMs = Date.now() - sessionStartMs;
    await stream.messages.first(
      ({ header }) => header.timeMs > killedAtMs + 1000,
      'a picture of another decoder',
    );
    expect(await decodersOf(worker)).not.toContain(decoder);
  });
});

/** The ffmpeg processes that a worker has started. */
async function decodersOf(workerPid: number): Promise<number[]> {
  const children = await readFile(`/proc/${workerPid}/task/${workerPid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => names[index]?.trim() === 'ffmpeg');
}
