import {
  GenericNack,
  RtcpPayloadSpecificFeedback,
  RtcpTransportLayerFeedback,
  PictureLossIndication,
} from 'werift';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { publishingClient, sendVideo, watchingClient } from './support/call.ts';
import type { PublishingClient } from './support/call.ts';
import { createSubscriber } from '../../../runtime/webrtc/index.ts';
import type { SubscribeOffer } from '../../../runtime/webrtc/index.ts';
import { loopback, packetPaths, rtpPacket, vp8Payload } from './support/werift-client.ts';

const open: { close: () => unknown }[] = [];
const timeout = { timeout: 15_000 };

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

/** How the numbers follow each other; all ones when nothing is missing or doubled. */
const steps = (numbers: readonly number[]) =>
  numbers.slice(1).map((n, i) => (n - (numbers[i] ?? 0)) & 0xffff);

/** When the client was asked for a key frame of its video, from now on. */
function keyFrameRequests(publishing: PublishingClient): number[] {
  const asked: number[] = [];
  publishing.client.getTransceivers()[0]?.sender.onRtcp.subscribe((packet) => {
    if (packet instanceof RtcpPayloadSpecificFeedback && packet.feedback instanceof PictureLossIndication) {
      asked.push(Date.now());
    }
  });
  return asked;
}

describe.each(packetPaths)('on the %s packet path', (packetPath) => {
  const settings = { ...loopback, packetPath };

  async function call() {
    const alice = await publishingClient(settings);
    open.push(alice);
    const bob = await watchingClient(settings);
    open.push(bob);
    const video = alice.tracks.find((track) => track.kind === 'video');
    const audio = alice.tracks.find((track) => track.kind === 'audio');
    if (video === undefined || audio === undefined) {
      throw new Error('The publisher announced no tracks.');
    }
    return { alice, bob, video, audio };
  }

  describe('a published track', () => {
    it('reaches every subscriber, from a key frame on, without a gap across the wrap', async () => {
      const { alice, bob, video } = await call();
      const carol = await watchingClient(settings);
      open.push(carol);
      bob.subscriber.add(video);
      carol.subscriber.add(video);
      await vi.waitFor(() => {
        expect(bob.subscriber.state).toBe('connected');
        expect(carol.subscriber.state).toBe('connected');
      }, timeout);
      const sending = sendVideo(alice.video, 65_500);
      await vi.waitFor(() => {
        expect(bob.received.get('alice-video')?.length).toBeGreaterThan(60);
        expect(carol.received.get('alice-video')?.length).toBeGreaterThan(60);
      }, timeout);
      sending.stop();
      for (const watcher of [bob, carol]) {
        const packets = watcher.received.get('alice-video') ?? [];
        expect(packets[0]?.payload[5]).toBe(0x10);
        expect(new Set(steps(packets.map((packet) => packet.header.sequenceNumber)))).toEqual(new Set([1]));
        expect(new Set(packets.map((packet) => packet.header.ssrc)).size).toBe(1);
      }
    });

    it('brings audio and its level', async () => {
      const { alice, bob, audio } = await call();
      bob.subscriber.add(audio);
      await vi.waitFor(() => expect(bob.subscriber.state).toBe('connected'), timeout);
      let i = 0;
      const timer = setInterval(() => {
        const header = { sequenceNumber: i, timestamp: i * 960, payloadType: 111 };
        alice.audio.writeRtp(rtpPacket(Buffer.from([0x78, 1, 2, 3]), header));
        i++;
      }, 20);
      await vi.waitFor(() => expect(bob.received.get('alice-audio')?.length).toBeGreaterThan(10), timeout);
      clearInterval(timer);
      expect(bob.received.get('alice-audio')?.[0]?.payload).toEqual(Buffer.from([0x78, 1, 2, 3]));
    });

    it('gives several listeners the same packets, until they leave', async () => {
      const { alice, video } = await call();
      const heard: number[][] = [[], []];
      const leave = video.onRtp((packet) => heard[0]?.push(packet.sequenceNumber));
      video.onRtp((packet) => heard[1]?.push(packet.sequenceNumber));
      const sending = sendVideo(alice.video);
      await vi.waitFor(() => expect(heard[1]?.length).toBeGreaterThan(10), timeout);
      leave();
      const left = heard[0]?.length ?? 0;
      await vi.waitFor(() => expect(heard[1]?.length).toBeGreaterThan(left + 10), timeout);
      sending.stop();
      expect(heard[0]).toEqual(heard[1]?.slice(0, left));
    });

    it('tells the sender clock and counts what came', async () => {
      const { alice, video } = await call();
      const reports: { ntpMs: number; rtpTimestamp: number }[] = [];
      video.onSenderReport((report) => reports.push(report));
      const sending = sendVideo(alice.video);
      await vi.waitFor(() => expect(reports.length).toBeGreaterThan(0), timeout);
      sending.stop();
      expect(Math.abs((reports[0]?.ntpMs ?? 0) - Date.now())).toBeLessThan(10_000);
      expect(video.stats.packets).toBeGreaterThan(0);
      expect(video.stats.keyFrames).toBeGreaterThan(0);
      expect(video.stats.lost).toBe(0);
    });

    it('is asked for a key frame when a subscriber loses a picture, and not too often', async () => {
      const { alice, bob, video } = await call();
      const asked = keyFrameRequests(alice);
      const sending = sendVideo(alice.video, 0, 100);
      bob.subscriber.add(video);
      await vi.waitFor(() => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(5), timeout);
      const before = asked.length;
      const receiver = bob.client.getTransceivers()[0]?.receiver;
      const ssrc = bob.received.get('alice-video')?.[0]?.header.ssrc ?? 0;
      for (let i = 0; i < 10; i++) {
        await receiver?.sendRtcpPLI(ssrc);
      }
      await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before), timeout);
      sending.stop();
      expect(asked.length - before).toBeLessThanOrEqual(2);
    });

    it('is asked again when it sends nothing and the request for a key frame was lost', async () => {
      const { alice, video } = await call();
      const asked = keyFrameRequests(alice);
      // A screen that does not change: one picture, and then nothing that anybody could miss.
      const key = vp8Payload({ key: true, pictureId: 0 });
      alice.video.writeRtp(
        rtpPacket(key, { sequenceNumber: 0, timestamp: 0, payloadType: 96, marker: true }),
      );
      await vi.waitFor(() => expect(video.stats.keyFrames).toBe(1), timeout);
      video.requestKeyFrame();
      // The first request is as good as lost: nothing answers it.
      await vi.waitFor(() => expect(asked).toHaveLength(2), timeout);
    });

    it('is repaired on its way in when packets are lost around the wrap', async () => {
      const { alice, video } = await call();
      const heard = new Set<number>();
      video.onRtp((packet) => heard.add(packet.sequenceNumber));
      const [dtls] = alice.client.dtlsTransports;
      if (dtls === undefined) {
        throw new Error('The client has no transport.');
      }
      // The network between them loses each of these once.
      const lost = new Set([65_530, 65_535, 0, 1, 9, 10]);
      const send = dtls.sendRtp.bind(dtls);
      const offsets: number[] = [];
      dtls.sendRtp = (payload, header) => {
        const isMedia = header.payloadType === video.codec.payloadType;
        if (isMedia && offsets.length === 0) {
          offsets.push(header.sequenceNumber);
        }
        const original = (header.sequenceNumber - (offsets[0] ?? 0) + 65_500) & 0xffff;
        return isMedia && lost.delete(original) ? Promise.resolve(0) : send(payload, header);
      };
      const sending = sendVideo(alice.video, 65_500);
      await vi.waitFor(() => {
        expect(lost.size).toBe(0);
        const base = offsets[0] ?? 0;
        const missing = Array.from({ length: 80 }, (_, i) => (base + i) & 0xffff).filter(
          (n) => !heard.has(n),
        );
        expect(missing).toEqual([]);
      }, timeout);
      sending.stop();
    });

    it('is sent again to a subscriber that asks, long after it was first sent', async () => {
      const { alice, bob, video } = await call();
      bob.subscriber.add(video);
      const sending = sendVideo(alice.video);
      await vi.waitFor(() => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(150), timeout);
      sending.stop();
      const packets = bob.received.get('alice-video') ?? [];
      const first = packets[0]?.header;
      if (first === undefined) {
        throw new Error('Nothing was received.');
      }
      const receiver = bob.client.getTransceivers()[0]?.receiver;
      await receiver?.dtlsTransport.sendRtcp([
        new RtcpTransportLayerFeedback({
          feedback: new GenericNack({
            senderSsrc: 1,
            mediaSourceSsrc: first.ssrc,
            lost: [first.sequenceNumber, (first.sequenceNumber + 2) & 0xffff],
          }),
        }),
      ]);
      await vi.waitFor(() => expect(bob.subscriber.stats.tracks['alice-video']?.resent).toBe(2), timeout);
    });

    it('stops while paused and goes on with a key frame and the next number', async () => {
      const { alice, bob, video } = await call();
      bob.subscriber.add(video);
      const sending = sendVideo(alice.video);
      const received = () => bob.received.get('alice-video') ?? [];
      await vi.waitFor(() => expect(received().length).toBeGreaterThan(10), timeout);
      bob.subscriber.prefer('alice-video', { paused: true });
      const sentBefore = bob.subscriber.stats.tracks['alice-video']?.packets ?? 0;
      const arrivedBefore = video.stats.packets;
      await vi.waitFor(() => expect(video.stats.packets).toBeGreaterThan(arrivedBefore + 20), timeout);
      expect(bob.subscriber.stats.tracks['alice-video']?.packets).toBe(sentBefore);
      bob.subscriber.prefer('alice-video', { paused: false });
      await vi.waitFor(() => expect(received().length).toBeGreaterThan(sentBefore + 10), timeout);
      sending.stop();
      expect(received()[sentBefore]?.payload[5]).toBe(0x10);
      expect(new Set(steps(received().map((packet) => packet.header.sequenceNumber)))).toEqual(new Set([1]));
    });
  });

  describe('a subscriber', () => {
    it('offers one change at a time and gathers those that come meanwhile', async () => {
      const { bob, video, audio } = await call();
      bob.subscriber.add(video);
      await vi.waitFor(() => expect(bob.offers).toHaveLength(1), timeout);
      bob.subscriber.add(audio);
      bob.subscriber.remove(video.trackId);
      bob.subscriber.add(video);
      await vi.waitFor(() => expect(bob.offers).toHaveLength(2), timeout);
      expect(bob.offers.map((offer) => offer.offerId)).toEqual([1, 2]);
      expect(bob.offers[1]?.tracks.map(({ trackId }) => trackId).sort()).toEqual([
        'alice-audio',
        'alice-video',
      ]);
    });

    it('uses the section of a track that left again', async () => {
      const { alice, bob, video } = await call();
      bob.subscriber.add(video);
      await vi.waitFor(() => expect(bob.subscriber.state).toBe('connected'), timeout);
      bob.subscriber.remove(video.trackId);
      await vi.waitFor(() => expect(bob.offers).toHaveLength(2), timeout);
      expect(bob.offers[1]?.sdp).toContain('a=inactive');
      expect(bob.offers[1]?.tracks).toEqual([]);
      await vi.waitFor(() => {
        bob.subscriber.add(video);
        expect(bob.offers).toHaveLength(3);
      }, timeout);
      expect(bob.offers[2]?.sdp.match(/^m=/gm)).toHaveLength(1);
      const sending = sendVideo(alice.video);
      await vi.waitFor(
        () => expect(bob.subscriber.stats.tracks['alice-video']?.packets).toBeGreaterThan(5),
        timeout,
      );
      sending.stop();
    });

    it('loses a track when its publisher takes it back', async () => {
      const { alice, bob, video, audio } = await call();
      bob.subscriber.add(video);
      bob.subscriber.add(audio);
      await vi.waitFor(() => expect(bob.subscriber.state).toBe('connected'), timeout);
      const offer = alice.client.localDescription?.sdp ?? '';
      await alice.publisher.answer(offer, [{ mid: '1', kind: 'audio', trackId: 'alice-audio' }]);
      expect(video.live).toBe(false);
      expect(audio.live).toBe(true);
      expect(bob.subscriber.trackIds).toEqual(['alice-audio']);
    });

    it('refuses an answer to another offer, or one that makes no sense, and keeps the offer open', async () => {
      const { video } = await call();
      const offers: SubscribeOffer[] = [];
      const subscriber = await createSubscriber(settings, {
        onOffer: (offer) => offers.push(offer),
        onState: () => undefined,
      });
      open.push(subscriber);
      subscriber.add(video);
      await vi.waitFor(() => expect(offers).toHaveLength(1), timeout);
      expect(() => subscriber.acceptAnswer(99, 'v=0')).toThrow(
        expect.objectContaining({ code: 'invalid-sdp', message: expect.stringContaining('99') as unknown }),
      );
      expect(() => subscriber.acceptAnswer(1, 'nonsense')).toThrow(
        expect.objectContaining({
          code: 'invalid-sdp',
          message: expect.stringContaining('nonsense') as unknown,
        }),
      );
      subscriber.repeatOffer();
      expect(offers[1]).toEqual(offers[0]);
    });
  });

  describe('packets of a peer that make no sense', () => {
    it('are dropped and counted, and the call goes on', async () => {
      const { alice, bob, video } = await call();
      bob.subscriber.add(video);
      await vi.waitFor(() => expect(bob.subscriber.state).toBe('connected'), timeout);
      const [dtls] = alice.client.dtlsTransports;
      const connection = dtls?.iceTransport.connection;
      if (dtls === undefined || connection === undefined) {
        throw new Error('The client has no transport.');
      }
      const sending = sendVideo(alice.video);
      for (let i = 0; i < 300; i++) {
        const bytes = Buffer.alloc(20 + (i % 60), i & 0xff);
        bytes[0] = 0x80;
        bytes[1] = 200 + (i % 8);
        await connection.send(dtls.srtcp.encrypt(bytes));
        const header = rtpPacket(Buffer.alloc(0), {
          sequenceNumber: i,
          timestamp: i,
          payloadType: i % 64,
          ssrc: 5000 + i,
        }).header;
        await dtls.sendRtp(vp8Payload({ key: true, pictureId: i }).subarray(0, i % 7), header);
        // Right key, wrong everything else: DTLS records, STUN and plain noise.
        await connection.send(Buffer.from([20 + (i % 40), 254, 253, 0, 0, i & 0xff, 1, 2]));
        await connection.send(Buffer.from([0, 1, 0, i & 0xff, 0x21, 0x12, 0xa4, 0x42, i & 0xff]));
      }
      const before = bob.received.get('alice-video')?.length ?? 0;
      await vi.waitFor(
        () => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(before + 20),
        timeout,
      );
      sending.stop();
      expect(alice.publisher.stats.malformed + alice.publisher.stats.unroutable).toBeGreaterThan(300);
      expect(alice.publisher.state).toBe('connected');
    });
  });
});
