import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSubscriber } from '../../../runtime/webrtc/index.ts';
import type { IncomingTrack, Subscriber } from '../../../runtime/webrtc/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import { rewriteCandidates, startRelay, withoutCandidates } from '../../support/relay/index.ts';
import type { Relay } from '../../support/relay/index.ts';
import { encodeVideoClip } from '../../support/runtime/index.ts';
import { servePage } from './support/page-server.ts';
import { publishSimulcastClips } from './support/simulcast-clip.ts';
import { loopback } from './support/werift-client.ts';

type Watching = { width: number; stats: Record<string, { framesDecoded: number } | undefined> };

let browser: Browser;
let server: Awaited<ReturnType<typeof servePage>>;
const open: { close: () => unknown }[] = [];

beforeAll(async () => {
  server = await servePage();
  browser = await launchBrowser();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A subscriber whose page sees it behind a relay. */
async function subscribeThroughRelay(
  page: Page,
  track: IncomingTrack,
): Promise<{ subscriber: Subscriber; relay: Promise<Relay> }> {
  const started = Promise.withResolvers<Relay>();
  const subscriber: Subscriber = await createSubscriber(loopback, {
    onState: () => undefined,
    onOffer: ({ offerId, sdp }) => {
      void (async () => {
        const port = Number(/^a=candidate:\S+ \d+ udp \d+ \S+ (\d+)/m.exec(sdp)?.[1]);
        const relay = await startRelay({ target: { address: '127.0.0.1', port } });
        open.push(relay);
        started.resolve(relay);
        const relayed = rewriteCandidates(sdp, () => relay);
        const answer = await page.evaluate<string>(`answerSubscribe(${JSON.stringify(relayed)})`);
        // Or the two would find each other without the relay.
        subscriber.acceptAnswer(offerId, withoutCandidates(answer));
      })();
    },
  });
  open.push(subscriber);
  subscriber.add(track);
  return { subscriber, relay: started.promise };
}

describe('a subscriber behind a path that becomes narrow', () => {
  it('sees the lower layer without a frozen picture, and the higher one again once there is room', async () => {
    const clips = await Promise.all([
      encodeVideoClip('vp8', { size: '320x180', seconds: 2, kbps: 150 }),
      encodeVideoClip('vp8', { size: '1280x720', seconds: 2, kbps: 1500 }),
    ]);
    const alice = publishSimulcastClips(clips);
    open.push(alice);
    const page = await browser.newPage();
    open.push(page);
    await page.goto(server.url);
    const { subscriber, relay: starting } = await subscribeThroughRelay(page, alice.track);
    const relay = await starting;
    const watching = () => page.evaluate<Watching>('watching()');
    const sees = (width: number) =>
      vi.waitFor(async () => expect((await watching()).width).toBe(width), { timeout: 25_000, interval: 50 });
    await sees(1280);
    await vi.waitFor(() => expect(alice.track.layers[1]?.bitrate).toBeGreaterThan(500_000), 5000);

    let longestFreezeMs = 0;
    let decoded = 0;
    let decodedAtMs = performance.now();
    const watch = setInterval(() => {
      void watching().then(
        ({ stats }) => {
          const now = performance.now();
          longestFreezeMs = Math.max(longestFreezeMs, now - decodedAtMs);
          if ((stats['video']?.framesDecoded ?? 0) > decoded) {
            decoded = stats['video']?.framesDecoded ?? 0;
            decodedAtMs = now;
          }
        },
        () => clearInterval(watch),
      );
    }, 100);
    open.push({ close: () => clearInterval(watch) });

    relay.setConditions({ rateBps: 600_000, delayMs: 20, applyTo: 'media' }, 'towards-client');
    await sees(320);
    relay.setConditions({ delayMs: 20, applyTo: 'media' }, 'towards-client');
    await sees(1280);
    expect(subscriber.stats.provedProbes).toBeGreaterThan(0);
    // What of the old layer still stood in the queue, and the wait for a key frame, of which the clips have one a second.
    expect(longestFreezeMs).toBeLessThan(3000);
  });
});
