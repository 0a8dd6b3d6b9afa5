import { afterEach, describe, expect, it, vi } from 'vitest';
import { publishingClient, sendVideo, watchingClient } from './support/call.ts';
import type { RTCPeerConnection } from './support/werift-client.ts';
import { loopback, packetPaths } from './support/werift-client.ts';

const open: { close: () => unknown }[] = [];
const timeout = { timeout: 15_000 };
const gcm = 0x0007;

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

/** What the client's handshake agreed on. */
const profileOf = (client: RTCPeerConnection) => client.dtlsTransports[0]?.srtp.config.profile;

describe.each(packetPaths)('on the %s packet path', (packetPath) => {
  const settings = { ...loopback, packetPath };

  it('a peer that would choose GCM is given the cheaper AES_CM, one that has only GCM is understood', async () => {
    const alice = await publishingClient(settings);
    const bob = await watchingClient(settings);
    const carol = await watchingClient(settings);
    open.push(alice, bob, carol);
    carol.client.onTransceiverAdded.subscribe(() => {
      for (const transport of carol.client.dtlsTransports) {
        Object.assign(transport, { srtpProfiles: [gcm] });
      }
    });
    const video = alice.tracks.find((track) => track.kind === 'video');
    if (video === undefined) {
      throw new Error('The publisher announced no video.');
    }
    bob.subscriber.add(video);
    carol.subscriber.add(video);
    const sending = sendVideo(alice.video);
    open.push({ close: sending.stop });
    await vi.waitFor(() => {
      expect(bob.received.get('alice-video')?.length).toBeGreaterThan(30);
      expect(carol.received.get('alice-video')?.length).toBeGreaterThan(30);
    }, timeout);

    expect(profileOf(alice.client)).toBe(0x0001);
    expect(profileOf(bob.client)).toBe(0x0001);
    expect(profileOf(carol.client)).toBe(gcm);
    expect(carol.received.get('alice-video')?.[0]?.payload[5]).toBe(0x10);
    expect(alice.publisher.stats.refused).toBe(0);
  });
});
