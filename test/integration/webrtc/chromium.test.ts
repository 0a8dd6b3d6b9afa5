import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPublisher, createSubscriber } from '../../../runtime/webrtc/index.ts';
import type { IncomingTrack, Publisher, Subscriber, WebRtcSettings } from '../../../runtime/webrtc/index.ts';
import { Forwarder } from '../../../runtime/webrtc/send/index.ts';
import { beepAndFlashSignal, guestColour, installBeepAndFlash } from '../../support/guests/index.ts';
import { colourDistance, type Colour } from '../../support/oracle/index.ts';
import { startRelayedNetwork } from '../../support/relay/index.ts';
import { encodeAudioClip, encodeVideoClip, startMediaPublisher } from '../../support/runtime/index.ts';
import { servePage } from './support/page-server.ts';
import { packetPaths } from './support/werift-client.ts';

type Watching = {
  width: number;
  time: number;
  /** Of the picture's upper right. */
  colour: Colour | null;
  /** The tone that was the loudest when something was last to be heard. */
  loudestHz: number | null;
  stats: Record<
    string,
    {
      framesDecoded: number;
      packetsLost: number;
      totalSamplesReceived: number;
      freezeCount: number;
      codec: string;
    }
  >;
};

let browser: BrowserContext;
let profile: string;
let server: Awaited<ReturnType<typeof servePage>>;
const open: { close: () => unknown }[] = [];

beforeAll(async () => {
  server = await servePage();
  profile = await mkdtemp(join(tmpdir(), 'roomflow-webrtc-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await rm(profile, { recursive: true, force: true });
});

/** With Chromium's own fake camera, or with one that beeps and flashes in the colour of this guest. */
async function openPage(
  guest?: { number: number; beepHz: number },
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  const page = await browser.newPage();
  open.push(page);
  await prepare?.(page);
  if (guest !== undefined) {
    const { number, beepHz } = guest;
    await page.addInitScript(installBeepAndFlash, { ...beepAndFlashSignal(number), beepHz });
  }
  await page.goto(server.url);
  return page;
}

async function publishFrom(
  page: Page,
  options: { simulcast?: boolean; codec?: string; screen?: boolean } = {},
  settings: WebRtcSettings = {},
): Promise<{ publisher: Publisher; tracks: IncomingTrack[] }> {
  const tracks: IncomingTrack[] = [];
  const publisher = await createPublisher(settings, 'alice', {
    onTrack: (track) => tracks.push(track),
    onTrackEnded: (track) => tracks.splice(tracks.indexOf(track), 1),
    onState: () => undefined,
  });
  open.push(publisher);
  const offer = await page.evaluate<{ sdp: string; mids: { mid: string; kind: 'audio' | 'video' }[] }>(
    `startPublish(${JSON.stringify(options)})`,
  );
  const answer = await publisher.answer(
    offer.sdp,
    offer.mids.map(({ mid, kind }) => ({ mid, kind, trackId: `alice-${kind}` })),
  );
  await page.evaluate(`finishPublish(${JSON.stringify(answer)})`);
  await vi.waitFor(() => expect(publisher.state).toBe('connected'), { timeout: 15_000 });
  return { publisher, tracks };
}

async function subscribeFrom(
  page: Page,
  tracks: readonly IncomingTrack[],
  settings: WebRtcSettings = {},
): Promise<Subscriber> {
  const subscriber: Subscriber = await createSubscriber(settings, {
    onState: () => undefined,
    onOffer: ({ offerId, sdp }) => {
      void page
        .evaluate<string>(`answerSubscribe(${JSON.stringify(sdp)})`)
        .then((answer) => subscriber.acceptAnswer(offerId, answer));
    },
  });
  open.push(subscriber);
  for (const track of tracks) {
    subscriber.add(track);
  }
  return subscriber;
}

const watching = (page: Page) => page.evaluate<Watching>('watching()');

/** Waits until the page shows this colour and plays this tone. */
const showsAndPlays = (page: Page, colour: Colour, toneHz: number) =>
  vi.waitFor(
    async () => {
      const now = await watching(page);
      expect(colourDistance(now.colour!, colour)).toBeLessThan(25);
      // A bin of the page's spectrum is 23 Hz wide.
      expect(Math.abs(now.loudestHz! - toneHz)).toBeLessThan(30);
    },
    { timeout: 10_000, interval: 100 },
  );

/** Waits until the page decodes video and audio, and its clock goes on. */
async function seesAndHears(page: Page): Promise<Watching> {
  const before = await watching(page);
  return vi.waitFor(
    async () => {
      const now = await watching(page);
      expect(now.width).toBeGreaterThan(0);
      expect(now.time).toBeGreaterThan(before.time + 1);
      expect(now.stats['video']?.framesDecoded).toBeGreaterThan(20);
      expect(now.stats['audio']?.totalSamplesReceived).toBeGreaterThan(48_000);
      return now;
    },
    { timeout: 30_000, interval: 250 },
  );
}

describe('Chromium', () => {
  it.each(packetPaths)('is seen and heard in another page on the %s packet path', async (packetPath) => {
    const { tracks, publisher } = await publishFrom(await openPage(), {}, { packetPath });
    const watcher = await openPage();
    const subscriber = await subscribeFrom(watcher, tracks, { packetPath });
    await seesAndHears(watcher);
    expect(publisher.stats.malformed).toBe(0);
    expect(subscriber.stats.malformed).toBe(0);
    expect(tracks.map((track) => track.codec.name).sort()).toEqual(['opus', 'vp8']);
    const audio = tracks.find((track) => track.kind === 'audio');
    // The fake microphone beeps once a second.
    await vi.waitFor(() => expect(audio?.audioLevel).toBeLessThan(127), { timeout: 5000, interval: 5 });
  });

  it('sends three simulcast layers, each of which a subscriber can get', async () => {
    const { tracks } = await publishFrom(await openPage(), { simulcast: true });
    const video = tracks.find((track) => track.kind === 'video');
    expect(video?.layers.map((layer) => layer.rid)).toEqual(['q', 'h', 'f']);
    await vi.waitFor(() => expect(video?.layers.every((layer) => layer.bitrate > 0)).toBe(true), {
      timeout: 40_000,
      interval: 200,
    });
    const watcher = await openPage();
    const subscriber = await subscribeFrom(watcher, tracks);
    await seesAndHears(watcher);
    for (const [layer, width] of [
      ['low', 320],
      ['high', 1280],
      ['med', 640],
    ] as const) {
      subscriber.prefer('alice-video', { layer });
      await vi.waitFor(async () => expect((await watching(watcher)).width).toBe(width), {
        timeout: 20_000,
        interval: 100,
      });
    }
    // No switch left the decoder without a picture.
    expect((await watching(watcher)).stats['video']?.packetsLost).toBe(0);
  });

  it('decodes every picture it gets while temporal layers are left out and come back', async () => {
    const { tracks } = await publishFrom(await openPage(), { simulcast: true });
    const video = tracks.find((track) => track.kind === 'video');
    let chosen = 2;
    const { setTarget } = Forwarder.prototype;
    vi.spyOn(Forwarder.prototype, 'setTarget').mockImplementation(function (this: Forwarder, rank) {
      setTarget.call(this, Math.min(rank, 1), chosen);
    });
    await vi.waitFor(() => expect(video?.layers[1]?.temporal).toHaveLength(3), {
      timeout: 40_000,
      interval: 100,
    });
    const watcher = await openPage();
    await subscribeFrom(watcher, tracks);
    await seesAndHears(watcher);
    const camera = async (pictures: number) => {
      const end = (video?.layers[1]?.pictures ?? 0) + pictures;
      await vi.waitFor(() => expect(video?.layers[1]?.pictures).toBeGreaterThanOrEqual(end), {
        timeout: 20_000,
        interval: 20,
      });
      return (await watching(watcher)).stats['video']?.framesDecoded ?? 0;
    };
    const shares: number[] = [];
    for (chosen of [0, 1, 2]) {
      // Up goes only where the decoder can follow, which libvpx lets it every eight pictures.
      const before = await camera(24);
      shares.push(((await camera(40)) - before) / 40);
    }
    expect(shares[0]).toBeGreaterThan(0.15);
    expect(shares[0]).toBeLessThan(0.4);
    expect(shares[1]).toBeGreaterThan(0.4);
    expect(shares[1]).toBeLessThan(0.7);
    expect(shares[2]).toBeGreaterThan(0.8);
    expect((await watching(watcher)).stats['video']).toMatchObject({ packetsLost: 0, freezeCount: 0 });
  });

  it.each(['vp8', 'h264', 'vp9', 'av1'])(
    'is seen in its colour and heard with its tone in %s when it prefers that',
    async (codec) => {
      const guest = { number: 3, beepHz: 1500 };
      const { tracks } = await publishFrom(await openPage(guest), { codec });
      expect(tracks.find((track) => track.kind === 'video')?.codec.name).toBe(codec);
      const watcher = await openPage();
      await subscribeFrom(watcher, tracks);
      const { stats } = await seesAndHears(watcher);
      expect(stats['video']?.codec.toLowerCase()).toBe(`video/${codec}`);
      expect(stats['video']?.freezeCount).toBe(0);
      await showsAndPlays(watcher, guestColour(guest.number), guest.beepHz);
    },
  );

  it.each(['vp8', 'h264'] as const)(
    'decodes the %s of ffmpeg that a plain RTP guest sends',
    async (codec) => {
      const tracks: IncomingTrack[] = [];
      const publisher = await createPublisher({}, 'camera', {
        onTrack: (track) => tracks.push(track),
        onTrackEnded: () => undefined,
        onState: () => undefined,
      });
      open.push(publisher);
      const clips = [
        await encodeVideoClip(codec, { seconds: 2, source: 'color=0xB43C28:' }),
        await encodeAudioClip(2, 660),
      ];
      const camera = await startMediaPublisher({
        clips,
        exchange: (offer, mids) =>
          publisher.answer(offer, [
            { mid: mids[0]!, kind: 'video', trackId: 'camera-video' },
            { mid: mids[1]!, kind: 'audio', trackId: 'camera-audio' },
          ]),
      });
      open.push(camera);
      const watcher = await openPage();
      await subscribeFrom(watcher, tracks);
      const { stats } = await seesAndHears(watcher);
      expect(stats['video']?.codec.toLowerCase()).toBe(`video/${codec}`);
      expect(stats['video']?.freezeCount).toBe(0);
      await showsAndPlays(watcher, { red: 0xb4, green: 0x3c, blue: 0x28 }, 660);
    },
  );

  it('shares its screen', async () => {
    const { tracks } = await publishFrom(await openPage(), { screen: true });
    const watcher = await openPage();
    await subscribeFrom(watcher, tracks);
    await vi.waitFor(
      async () => {
        const { stats, width, colour } = await watching(watcher);
        expect(stats['video']?.framesDecoded).toBeGreaterThan(20);
        expect(width).toBeGreaterThan(320);
        // The screen of Chromium's fake devices.
        expect(colourDistance(colour!, { red: 0, green: 135, blue: 0 })).toBeLessThan(25);
      },
      { timeout: 20_000, interval: 250 },
    );
  });

  it('watches by WHEP: it offers, and gets audio and video', async () => {
    const { tracks } = await publishFrom(await openPage());
    const watcher = await openPage();
    const subscriber = await createSubscriber({}, { onState: () => undefined, onOffer: () => undefined });
    open.push(subscriber);
    const answer = await subscriber.answerWhep(await watcher.evaluate<string>('startWhep()'), tracks);
    await watcher.evaluate(`finishWhep(${JSON.stringify(answer)})`);
    await seesAndHears(watcher);
  });

  it('takes its video back and stays heard', async () => {
    const page = await openPage();
    const { tracks, publisher } = await publishFrom(page);
    const watcher = await openPage();
    const subscriber = await subscribeFrom(watcher, tracks);
    await seesAndHears(watcher);
    const audio = tracks.find((track) => track.kind === 'audio');
    const offer = await page.evaluate<string>('dropVideo()');
    const answer = await publisher.answer(offer, [
      { mid: audio?.mid ?? '', kind: 'audio', trackId: 'alice-audio' },
    ]);
    await page.evaluate(`finishPublish(${JSON.stringify(answer)})`);
    expect(tracks.map((track) => track.kind)).toEqual(['audio']);
    expect(subscriber.trackIds).toEqual(['alice-audio']);
    const before = audio?.stats.packets ?? 0;
    await vi.waitFor(() => expect(audio?.stats.packets).toBeGreaterThan(before + 50), { timeout: 15_000 });
  });

  it('sees on when its network gives it another address', async () => {
    const { tracks } = await publishFrom(await openPage());
    const network = startRelayedNetwork();
    open.push(network);
    const watcher = await openPage(undefined, network.install);
    const subscriber = await subscribeFrom(watcher, tracks, { bindAddresses: ['127.0.0.1'] });
    await seesAndHears(watcher);
    network.relays().forEach((relay) => relay.moveClients());
    // Those that are under way yet, and those that were there to be shown.
    await watcher.waitForTimeout(1000);
    const { stats } = await watching(watcher);
    await vi.waitFor(
      async () => {
        const now = await watching(watcher);
        expect(now.stats['video']?.framesDecoded).toBeGreaterThan(stats['video']!.framesDecoded + 30);
      },
      { timeout: 10_000, interval: 250 },
    );
    expect(subscriber.state).toBe('connected');
  });

  it('goes on over an ICE restart, as after a change of network', async () => {
    const page = await openPage();
    const { tracks, publisher } = await publishFrom(page);
    const offer = await page.evaluate<string>('window.publishPeer.restartIce(), reofferPublish()');
    const answer = await publisher.answer(
      offer,
      tracks.map(({ mid, kind, trackId }) => ({ mid, kind, trackId })),
    );
    await page.evaluate(`finishPublish(${JSON.stringify(answer)})`);
    const [track] = tracks;
    const before = track?.stats.packets ?? 0;
    await vi.waitFor(
      async () => {
        expect(await page.evaluate('window.publishPeer.iceConnectionState')).toBe('connected');
        expect(track?.stats.packets).toBeGreaterThan(before + 50);
        expect(publisher.state).toBe('connected');
      },
      { timeout: 15_000 },
    );
  });
});
