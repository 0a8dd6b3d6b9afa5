import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPublisher } from '../../../runtime/webrtc/index.ts';
import type { IncomingTrack } from '../../../runtime/webrtc/index.ts';
import { encodeVideoClip, startMediaPublisher } from '../../support/runtime/index.ts';
import { loopback } from './support/werift-client.ts';

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

describe('a publisher whose network gives it another address, and who does not know', () => {
  it('still gets what it is asked for', async () => {
    const tracks: IncomingTrack[] = [];
    const publisher = await createPublisher(loopback, 'alice', {
      onTrack: (track) => tracks.push(track),
      onTrackEnded: () => undefined,
      onState: () => undefined,
    });
    open.push(publisher);
    const alice = await startMediaPublisher({
      clips: [await encodeVideoClip('vp8', { size: '160x96', seconds: 2, kbps: 100 })],
      network: { delayMs: 1 },
      exchange: (sdp, mids) =>
        publisher.answer(sdp, [{ mid: mids[0] ?? '', kind: 'video', trackId: 'alice-video' }]),
    });
    open.push(alice);
    await vi.waitFor(() => expect(tracks[0]?.stats.packets).toBeGreaterThan(10), { timeout: 10_000 });
    alice.relays.forEach((relay) => relay.moveClients());
    const before = alice.tracks[0]?.keyFrameRequests ?? 0;
    // Its checks of consent come every four to six seconds (RFC 7675 section 5.1).
    await vi.waitFor(
      () => {
        tracks[0]?.requestKeyFrame();
        expect(alice.tracks[0]?.keyFrameRequests).toBeGreaterThan(before);
      },
      { timeout: 15_000, interval: 250 },
    );
  });
});
