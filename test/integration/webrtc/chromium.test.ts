import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPublisher, createSubscriber } from '../../../runtime/webrtc/index.ts';
import type { IncomingTrack, Publisher, Subscriber } from '../../../runtime/webrtc/index.ts';
import { servePage } from './support/page-server.ts';

type Watching = {
  width: number;
  time: number;
  stats: Record<string, { framesDecoded: number; packetsLost: number; totalSamplesReceived: number }>;
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
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await rm(profile, { recursive: true, force: true });
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  open.push(page);
  await page.goto(server.url);
  return page;
}

async function publishFrom(
  page: Page,
  options: { simulcast?: boolean; codec?: string } = {},
): Promise<{ publisher: Publisher; tracks: IncomingTrack[] }> {
  const tracks: IncomingTrack[] = [];
  const publisher = await createPublisher({}, 'alice', {
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

async function subscribeFrom(page: Page, tracks: readonly IncomingTrack[]): Promise<Subscriber> {
  const subscriber: Subscriber = await createSubscriber(
    {},
    {
      onState: () => undefined,
      onOffer: ({ offerId, sdp }) => {
        void page
          .evaluate<string>(`answerSubscribe(${JSON.stringify(sdp)})`)
          .then((answer) => subscriber.acceptAnswer(offerId, answer));
      },
    },
  );
  open.push(subscriber);
  for (const track of tracks) {
    subscriber.add(track);
  }
  return subscriber;
}

const watching = (page: Page) => page.evaluate<Watching>('watching()');

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
  it('is seen and heard in another page', async () => {
    const { tracks, publisher } = await publishFrom(await openPage());
    const watcher = await openPage();
    const subscriber = await subscribeFrom(watcher, tracks);
    const seen = await seesAndHears(watcher);
    console.log(
      JSON.stringify(seen),
      publisher.stats,
      subscriber.stats,
      tracks.map((t) => ({ ...t.stats, c: t.codec, l: t.layers, a: t.audioLevel })),
    );
    expect(publisher.stats.malformed).toBe(0);
    expect(subscriber.stats.malformed).toBe(0);
  });

  it('sends three simulcast layers, each of which a subscriber can get', async () => {
    const { tracks } = await publishFrom(await openPage(), { simulcast: true });
    const video = tracks.find((track) => track.kind === 'video')!;
    expect(video.layers.map((layer) => layer.rid)).toEqual(['q', 'h', 'f']);
    await vi.waitFor(() => expect(video.layers.every((layer) => layer.bitrate > 0)).toBe(true), {
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
    console.log(JSON.stringify(await watching(watcher)), JSON.stringify(subscriber.stats), video.layers);
  });
});
