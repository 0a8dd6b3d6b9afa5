import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishWithAiortc, watchWithAiortc, type AiortcViewer } from '../../support/aiortc/index.ts';
import { publishWithFfmpeg } from '../../support/ffmpeg-whip/index.ts';
import { guestColour, launchBrowser, type Guest } from '../../support/guests/index.ts';
import { colourDistance, type Colour } from '../../support/oracle/index.ts';
import { joinWithBrowser, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);
const colour = { red: 180, green: 60, blue: 40 };
const toneHz = 660;
const patience = { timeout: 20_000, interval: 200 };
/** Codecs keep less of colour than of light. */
const FARTHEST_COLOUR = 30;

/** Waits until it sees this colour move, without a break, and hears its tone. */
async function seesAndHears(viewer: AiortcViewer, expected: Colour): Promise<void> {
  await expect.poll(() => viewer.sight().pictures, patience).toBeGreaterThan(75);
  await expect.poll(() => viewer.sight().toneMs, patience).toBeGreaterThan(400);
  // A picture of the guest's may be one of its flashes.
  await expect
    .poll(() => colourDistance(viewer.sight().colour!, expected), patience)
    .toBeLessThan(FARTHEST_COLOUR);
  const { changes, pictures, packetsLost } = viewer.sight();
  expect(changes / pictures).toBeGreaterThan(0.9);
  expect(packetsLost).toBe(0);
}

/** Waits until both tracks of a participant are there to be watched. */
async function published({ events }: InProcessRuntime, participantId: string): Promise<void> {
  for (const kind of ['audio', 'video']) {
    const isIt = ({ data }: { data: Record<string, unknown> }): boolean =>
      data['participantId'] === participantId && data['kind'] === kind;
    await events.event('track-published', isIt);
  }
}

/** What a page shows of a participant now, in the upper right of the picture. */
const shownColour = (guest: Guest, participantId: string): Promise<Colour> =>
  guest.page.locator(`[data-participant-id="${participantId}"] video`).evaluate((video: HTMLVideoElement) => {
    const drawing = new OffscreenCanvas(1, 1).getContext('2d')!;
    const { videoWidth: width, videoHeight: height } = video;
    drawing.drawImage(video, width * 0.7, height * 0.15, width * 0.1, height * 0.1, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = drawing.getImageData(0, 0, 1, 1).data;
    return { red, green, blue };
  });

/** An implementation of WebRTC that is neither the runtime's nor a browser's, nor what other tests use. */
describe.each(['fast', 'native', 'werift'])('aiortc, on the %s packet path', (packetPath) => {
  let runtime: InProcessRuntime;
  beforeAll(async () => {
    runtime = await startRuntime({ packetPath });
  });
  afterAll(() => runtime[Symbol.asyncDispose]());

  it.each(['vp8', 'h264'] as const)('publishes over WHIP and watches over WHEP in %s', async (codec) => {
    const { roomId } = await runtime.api.createRoom();
    const publication = { participantId: 'camera', codec, colour, toneHz };
    await using camera = await publishWithAiortc(runtime, roomId, publication);
    await runtime.events.event('track-published', (event) => event.roomId === roomId);
    await using viewer = await watchWithAiortc(runtime, roomId, { publisherId: 'camera', toneHz });
    await seesAndHears(viewer, colour);
    expect(viewer.sight().size).toEqual([320, 240]);

    await viewer.end();
    expect(await camera.end()).toMatchObject({ code: 0 });
    const left = await runtime.events.event(
      'participant-left',
      (event) => event.roomId === roomId && event.data.participantId === 'camera',
    );
    expect(left.data.reason).toBe('left');
  });
});

describe('aiortc and a browser', () => {
  it('see and hear each other', async () => {
    await using runtime = await startRuntime();
    const browser = await launchBrowser();
    try {
      const { roomId } = await runtime.api.createRoom();
      const publication = { participantId: 'camera', codec: 'h264', colour, toneHz } as const;
      await using _camera = await publishWithAiortc(runtime, roomId, publication);
      const signal = { media: 'beep-and-flash', number: 2, beepHz: 1500 } as const;
      await using ada = await joinWithBrowser(runtime, browser, roomId, { participantId: 'ada', ...signal });
      await published(runtime, 'ada');
      await using viewer = await watchWithAiortc(runtime, roomId, { publisherId: 'ada', toneHz: 1500 });
      await seesAndHears(viewer, guestColour(2));
      await expect
        .poll(async () => colourDistance(await shownColour(ada, 'camera'), colour), patience)
        .toBeLessThan(FARTHEST_COLOUR);
      expect(ada.consoleErrors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

describe('FFmpeg', () => {
  it('publishes over WHIP with the muxer of its own', async () => {
    await using runtime = await startRuntime();
    await using directory = await temporaryDirectory();
    const path = directory.entry('camera.mkv');
    await run('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'color=0xB43C28:size=320x240:rate=30'],
      ...['-f', 'lavfi', '-i', `sine=frequency=${toneHz}:sample_rate=48000`, '-t', '20'],
      ...['-c:v', 'libx264', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-g', '30', '-ac', '2'],
      ...['-c:a', 'libopus', path],
    ]);
    const { roomId } = await runtime.api.createRoom();
    await using _camera = await publishWithFfmpeg(runtime, roomId, { path, participantId: 'camera' });
    await published(runtime, 'camera');
    await using viewer = await watchWithAiortc(runtime, roomId, { publisherId: 'camera', toneHz });
    await expect.poll(() => viewer.sight().pictures, patience).toBeGreaterThan(75);
    await expect.poll(() => viewer.sight().toneMs, patience).toBeGreaterThan(400);
    expect(colourDistance(viewer.sight().colour!, colour)).toBeLessThan(FARTHEST_COLOUR);
  });
});
