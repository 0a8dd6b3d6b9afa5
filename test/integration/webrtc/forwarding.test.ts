import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPublisher, createSubscriber } from '../../../runtime/webrtc/index.ts';
import type { IncomingTrack, Publisher, Subscriber } from '../../../runtime/webrtc/index.ts';
import { MediaStreamTrack, createClient, loopback, rtpPacket, vp8Payload } from './support/werift-client.ts';

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((peer) => peer.close()));
});

describe('a published track', () => {
  it('reaches a subscriber', async () => {
    const client = createClient();
    open.push(client);
    const video = new MediaStreamTrack({ kind: 'video' });
    client.addTransceiver(video, { direction: 'sendonly' });
    await client.setLocalDescription(await client.createOffer());
    const tracks: IncomingTrack[] = [];
    const states: string[] = [];
    const publisher = await createPublisher(loopback, 'alice', {
      onTrack: (track) => tracks.push(track),
      onTrackEnded: () => undefined,
      onState: (state) => states.push(state),
    });
    open.push(publisher);
    const answer = await publisher.answer(client.localDescription!.sdp, [
      { mid: '0', kind: 'video', trackId: 't' },
    ]);
    await client.setRemoteDescription({ type: 'answer', sdp: answer });
    await vi.waitFor(() => expect(states).toContain('connected'), { timeout: 8000 });

    const watcher = createClient();
    open.push(watcher);
    const received: number[] = [];
    watcher.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe((p) => received.push(p.header.sequenceNumber)),
    );
    const subscriber: Subscriber = await createSubscriber(loopback, {
      onState: () => undefined,
      onOffer: (offer) => {
        void (async () => {
          await watcher.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
          await watcher.setLocalDescription(await watcher.createAnswer());
          subscriber.acceptAnswer(offer.offerId, watcher.localDescription!.sdp);
        })();
      },
    });
    open.push(subscriber);
    subscriber.add(tracks[0]!);
    await vi.waitFor(() => expect(subscriber.state).toBe('connected'), { timeout: 8000 });
    let i = 0;
    const timer = setInterval(() => {
      video.writeRtp(
        rtpPacket(vp8Payload({ key: i % 10 === 0, pictureId: i }), {
          sequenceNumber: (65530 + i) & 0xffff,
          timestamp: i * 3000,
          payloadType: 96,
          marker: true,
        }),
      );
      i++;
    }, 10);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(20), { timeout: 8000 });
    clearInterval(timer);
    console.log(received.slice(0, 5), publisher.stats, subscriber.stats, tracks[0]!.stats);
  });
});
