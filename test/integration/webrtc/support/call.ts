import { vi, expect } from 'vitest';
import { createPublisher, createSubscriber } from '../../../../runtime/webrtc/index.ts';
import type {
  IncomingTrack,
  Publisher,
  PublishedTrackAnnouncement,
  Subscriber,
  SubscribeOffer,
  WebRtcSettings,
} from '../../../../runtime/webrtc/index.ts';
import { MediaStreamTrack, createClient, loopback, rtpPacket, vp8Payload } from './werift-client.ts';
import type { RTCPeerConnection, RtpPacket } from './werift-client.ts';

/** A client that publishes one video track and one audio track to a publisher of ours. */
export type PublishingClient = {
  client: RTCPeerConnection;
  publisher: Publisher;
  video: MediaStreamTrack;
  audio: MediaStreamTrack;
  tracks: IncomingTrack[];
  states: string[];
  close: () => Promise<void>;
};

export async function publishingClient(
  settings: WebRtcSettings = loopback,
  streamId = 'alice',
): Promise<PublishingClient> {
  const client = createClient();
  const video = new MediaStreamTrack({ kind: 'video' });
  const audio = new MediaStreamTrack({ kind: 'audio' });
  client.addTransceiver(video, { direction: 'sendonly' });
  client.addTransceiver(audio, { direction: 'sendonly' });
  await client.setLocalDescription(await client.createOffer());
  const tracks: IncomingTrack[] = [];
  const states: string[] = [];
  const publisher = await createPublisher(settings, streamId, {
    onTrack: (track) => tracks.push(track),
    onTrackEnded: (track) => tracks.splice(tracks.indexOf(track), 1),
    onState: (state) => states.push(state),
  });
  const announced: PublishedTrackAnnouncement[] = [
    { mid: '0', kind: 'video', trackId: `${streamId}-video` },
    { mid: '1', kind: 'audio', trackId: `${streamId}-audio` },
  ];
  const answer = await publisher.answer(client.localDescription?.sdp ?? '', announced);
  await client.setRemoteDescription({ type: 'answer', sdp: answer });
  await vi.waitFor(() => expect(publisher.state).toBe('connected'), { timeout: 10_000 });
  return {
    client,
    publisher,
    video,
    audio,
    tracks,
    states,
    close: async () => {
      await publisher.close();
      await client.close();
    },
  };
}

/** A client that answers a subscriber's offers and notes the packets it gets, by trackId. */
export type WatchingClient = {
  client: RTCPeerConnection;
  subscriber: Subscriber;
  offers: SubscribeOffer[];
  received: Map<string, RtpPacket[]>;
  close: () => Promise<void>;
};

export async function watchingClient(settings: WebRtcSettings = loopback): Promise<WatchingClient> {
  const client = createClient();
  const offers: SubscribeOffer[] = [];
  const received = new Map<string, RtpPacket[]>();
  const trackOf = new Map<string, string>();
  let closed = false;
  client.onTransceiverAdded.subscribe((transceiver) => {
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe((packet) => {
        const trackId = trackOf.get(transceiver.mid ?? '') ?? '';
        received.set(trackId, [...(received.get(trackId) ?? []), packet]);
      });
    });
  });
  const subscriber: Subscriber = await createSubscriber(settings, {
    onState: () => undefined,
    onOffer: (offer) => {
      offers.push(offer);
      for (const { mid, trackId } of offer.tracks) {
        trackOf.set(mid, trackId);
      }
      void (async () => {
        await client.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
        await client.setLocalDescription(await client.createAnswer());
        if (!closed) {
          subscriber.acceptAnswer(offer.offerId, client.localDescription?.sdp ?? '');
        }
      })();
    },
  });
  return {
    client,
    subscriber,
    offers,
    received,
    close: async () => {
      closed = true;
      await subscriber.close();
      await client.close();
    },
  };
}

/** Sends VP8 frames of one packet each every 10 ms, with a key frame each `keyEvery` frames. */
export function sendVideo(
  track: MediaStreamTrack,
  first = 0,
  keyEvery = 10,
): { sent: number[]; stop: () => void } {
  const sent: number[] = [];
  let i = 0;
  const timer = setInterval(() => {
    const sequenceNumber = (first + i) & 0xffff;
    const payload = vp8Payload({ key: i % keyEvery === 0, pictureId: i & 0x7fff });
    track.writeRtp(rtpPacket(payload, { sequenceNumber, timestamp: i * 900, payloadType: 96, marker: true }));
    sent.push(sequenceNumber);
    i++;
  }, 10);
  return { sent, stop: () => clearInterval(timer) };
}
