import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Play } from '../../../runtime/contract/index.ts';
import { joinWithBrowser, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { launchSpeakingBrowser, speak as speechOf } from '../../support/speech/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);
const TONE_HZ = 1500;
/** From when the microphone is opened until its speech begins. */
const SILENCE_MS = 12_000;

let runtime: InProcessRuntime;
let directory: TemporaryDirectory;
let guests: Awaited<ReturnType<typeof launchSpeakingBrowser>>;
beforeAll(async () => {
  directory = await temporaryDirectory();
  runtime = await startRuntime();
  guests = await launchSpeakingBrowser(
    await speechOf([{ text: 'please stop talking now because I want to say something', voice: 'slt' }], {
      leadMs: SILENCE_MS,
    }),
  );
});
afterAll(async () => {
  await guests[Symbol.asyncDispose]();
  await runtime[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

async function playFile(roomId: string, path: string, query: Record<string, string>): Promise<Play> {
  const search = new URLSearchParams(query).toString();
  const response = await fetch(`${runtime.url}/v2/rooms/${roomId}/plays?${search}`, {
    method: 'POST',
    headers: { authorization: runtime.serverKey, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(await readFile(path)),
  });
  return (await response.json()) as Play;
}

/** Resolves with the frequency that is loudest in what the page receives, once something is loud. */
const heardHz = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    const connected = new Set<string>();
    const bins = new Float32Array(analyser.frequencyBinCount);
    for (;;) {
      for (const element of document.querySelectorAll<HTMLMediaElement>('audio, video')) {
        const stream = element.srcObject;
        if (!(stream instanceof MediaStream) || element.muted) continue;
        for (const track of stream.getAudioTracks()) {
          if (!connected.has(track.id)) {
            connected.add(track.id);
            context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
          }
        }
      }
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.reduce(
        (best, level, index) => (level > (bins[best] ?? -Infinity) ? index : best),
        0,
      );
      if ((bins[loudest] ?? -Infinity) > -45) {
        await context.close();
        return (loudest * context.sampleRate) / analyser.fftSize;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

describe('a guest at a browser', () => {
  it('hears what is played, sees its pictures, and stops it by speaking when that is wished', async () => {
    const path = directory.entry('film.mp4');
    await run('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=20:duration=40'],
      ...['-f', 'lavfi', '-i', `sine=frequency=${TONE_HZ}:duration=40`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', path],
    ]);
    const { roomId } = await runtime.api.createRoom();
    await using guest = await joinWithBrowser(runtime, guests.browser, roomId, { participantId: 'ada' });
    const openedMs = Date.now();
    const play = await playFile(roomId, path, { bargeIn: 'true', name: 'Clara' });

    expect(Math.abs((await heardHz(guest.page)) - TONE_HZ)).toBeLessThan(40);
    await guest.page.waitForFunction(() =>
      [...document.querySelectorAll('video')].some(
        ({ videoWidth, videoHeight }) => videoWidth === 640 && videoHeight === 360,
      ),
    );

    const { at, data } = await runtime.events.event(
      'play-finished',
      (event) => event.data.playId === play.id,
      {
        timeoutMs: 40_000,
      },
    );
    expect(data).toMatchObject({ status: 'interrupted', error: null });
    // The microphone was opened a moment before the guest was in the room.
    expect(Date.parse(at) - openedMs).toBeGreaterThan(SILENCE_MS - 6000);
    expect(Date.parse(at) - openedMs).toBeLessThan(SILENCE_MS + 1500);
  });
});
