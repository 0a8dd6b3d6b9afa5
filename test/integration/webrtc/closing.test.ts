import { describe, expect, it, vi } from 'vitest';
import { createPublisher, createSubscriber } from '../../../runtime/webrtc/index.ts';
import { publishingClient, sendVideo, watchingClient } from './support/call.ts';
import { MediaStreamTrack, createClient, loopback, packetPaths } from './support/werift-client.ts';

const count = (kind: string) => process.getActiveResourcesInfo().filter((name) => name === kind).length;
const sockets = () => count('UDPWrap') + count('UDPSendWrap');

describe.each(packetPaths)('closing on the %s packet path', (packetPath) => {
  const settings = { ...loopback, packetPath };

  it('gives back every socket and timer of fifty peers', async () => {
    const baseSockets = sockets();
    const baseTimers = count('Timeout');
    for (let round = 0; round < 5; round++) {
      const calls = await Promise.all(
        Array.from({ length: 5 }, async (_, i) => {
          const alice = await publishingClient(settings, `p${round}-${i}`);
          const bob = await watchingClient(settings);
          alice.tracks.forEach((track) => bob.subscriber.add(track));
          await vi.waitFor(() => expect(bob.subscriber.state).toBe('connected'), { timeout: 20_000 });
          const sending = sendVideo(alice.video);
          await vi.waitFor(
            () => expect(bob.received.get(`p${round}-${i}-video`)?.length).toBeGreaterThan(3),
            { timeout: 20_000 },
          );
          sending.stop();
          return { alice, bob };
        }),
      );
      await Promise.all(calls.flatMap(({ alice, bob }) => [alice.close(), bob.close()]));
      for (const { alice, bob } of calls) {
        expect(alice.publisher.state).toBe('closed');
        expect(bob.subscriber.state).toBe('closed');
        expect(alice.tracks).toEqual([]);
      }
    }
    await vi.waitFor(
      () => {
        expect(sockets()).toBe(baseSockets);
        expect(count('Timeout')).toBeLessThanOrEqual(baseTimers + 1);
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  it('gives back everything when it comes in the middle of connecting, or twice', async () => {
    const baseSockets = sockets();
    const events = { onTrack: () => undefined, onTrackEnded: () => undefined, onState: () => undefined };
    for (let i = 0; i < 10; i++) {
      const client = createClient();
      client.addTransceiver(new MediaStreamTrack({ kind: 'video' }), { direction: 'sendonly' });
      await client.setLocalDescription(await client.createOffer());
      const publisher = await createPublisher(settings, 'alice', events);
      const answering = publisher.answer(client.localDescription?.sdp ?? '', [
        { mid: '0', kind: 'video', trackId: 'v' },
      ]);
      if (i % 2 === 0) {
        await client.setRemoteDescription({ type: 'answer', sdp: await answering });
      }
      await Promise.all([publisher.close(), publisher.close(), answering.catch(() => undefined)]);
      await client.close();
      const subscriber = await createSubscriber(settings, {
        onOffer: () => undefined,
        onState: () => undefined,
      });
      await subscriber.close();
      await subscriber.close();
    }
    await vi.waitFor(() => expect(sockets()).toBe(baseSockets), { timeout: 15_000, interval: 200 });
  });
});
