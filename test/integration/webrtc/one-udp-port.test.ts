import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { Message, classes, methods } from 'werift';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPublisher, refusedDatagrams } from '../../../runtime/webrtc/index.ts';
import type { WebRtcSettings } from '../../../runtime/webrtc/index.ts';
import { freePort } from '../../support/temporary/index.ts';
import { publishingClient, sendVideo, watchingClient } from './support/call.ts';
import type { PublishingClient, WatchingClient } from './support/call.ts';
import { loopback } from './support/werift-client.ts';

const timeout = { timeout: 15_000 };
const open: { close: () => unknown }[] = [];
let settings: WebRtcSettings & { udpPort: number } = { ...loopback, udpPort: 0 };

beforeEach(async () => {
  settings = { ...loopback, udpPort: await freePort('udp') };
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function publishing(name: string): Promise<PublishingClient> {
  const client = await publishingClient(settings, name);
  open.push(client);
  return client;
}

async function watching(...publishers: PublishingClient[]): Promise<WatchingClient> {
  const client = await watchingClient(settings);
  open.push(client);
  publishers.flatMap(({ tracks }) => tracks).forEach((track) => client.subscriber.add(track));
  await vi.waitFor(() => expect(client.subscriber.state).toBe('connected'), timeout);
  return client;
}

/** The ports that a description of ours names. */
const candidatePorts = (sdp: string | undefined) =>
  new Set(
    [...(sdp ?? '').matchAll(/a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host/g)].map(([, port]) =>
      Number(port),
    ),
  );

const fragmentOf = (sdp: string | undefined) => /a=ice-ufrag:(\S+)/.exec(sdp ?? '')?.[1] ?? '';

describe.each(['fast', 'native'] as const)(
  'with one UDP port for everybody, on the %s path',
  (packetPath) => {
    beforeEach(() => {
      settings = { ...settings, packetPath };
    });

    it('brings everybody what they watch, and nobody anything else', async () => {
      const alice = await publishing('alice');
      const bob = await publishing('bob');
      const watchers = [await watching(alice), await watching(bob), await watching(alice, bob)];
      const descriptions = [alice, bob].map(({ client }) => client.remoteDescription?.sdp);
      descriptions.push(...watchers.map(({ offers }) => offers[0]?.sdp));
      expect(descriptions.map(candidatePorts)).toEqual(descriptions.map(() => new Set([settings.udpPort])));
      expect(new Set(descriptions.map(fragmentOf)).size).toBe(5);

      const sending = [sendVideo(alice.video, 65_500), sendVideo(bob.video)];
      await vi.waitFor(() => {
        expect(watchers[0]?.received.get('alice-video')?.length).toBeGreaterThan(60);
        expect(watchers[1]?.received.get('bob-video')?.length).toBeGreaterThan(60);
        expect(watchers[2]?.received.get('alice-video')?.length).toBeGreaterThan(60);
        expect(watchers[2]?.received.get('bob-video')?.length).toBeGreaterThan(60);
      }, timeout);
      sending.forEach(({ stop }) => stop());
      for (const { received } of watchers) {
        for (const packets of received.values()) {
          const numbers = packets.map(({ header }) => header.sequenceNumber);
          const steps = numbers.slice(1).map((number, i) => (number - (numbers[i] ?? 0)) & 0xffff);
          expect(new Set(steps)).toEqual(new Set([1]));
        }
      }
      expect([...(watchers[0]?.received.keys() ?? [])]).toEqual(['alice-video']);
      expect(alice.publisher.stats.refused + bob.publisher.stats.refused).toBe(0);
    });

    it('refuses and counts what strangers send, answers nothing, and goes on', async () => {
      const alice = await publishing('alice');
      const bob = await watching(alice);
      const sending = sendVideo(alice.video);
      const stranger = createSocket('udp4');
      await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.1', resolve));
      open.push({ close: () => stranger.close() });
      const answers: Buffer[] = [];
      stranger.on('message', (data) => answers.push(data));
      const fragment = fragmentOf(alice.client.remoteDescription?.sdp);
      const refused = () => refusedDatagrams() + alice.publisher.stats.refused;
      const before = refused();

      for (let i = 0; i < 100; i++) {
        const check = new Message(methods.BINDING, classes.REQUEST);
        check.setAttribute('USERNAME', i % 2 === 0 ? `${fragment}:stranger` : 'nobody:stranger');
        check.setAttribute('PRIORITY', 1);
        check.setAttribute('ICE-CONTROLLING', 1n);
        check.setAttribute('USE-CANDIDATE', null);
        if (i % 4 === 0) {
          check.addMessageIntegrity(Buffer.from('a guess at the password')).addFingerprint();
        }
        const media = randomBytes(200);
        media[0] = 0x80;
        const alert = Buffer.from([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, i, 0, 2, 2, 40]);
        for (const datagram of [check.bytes, alert, media, randomBytes(1 + i)]) {
          stranger.send(datagram, settings.udpPort, '127.0.0.1');
        }
      }

      await vi.waitFor(() => expect(refused()).toBeGreaterThanOrEqual(before + 400), timeout);
      const seen = bob.received.get('alice-video')?.length ?? 0;
      await vi.waitFor(
        () => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(seen + 30),
        timeout,
      );
      sending.stop();
      expect(alice.publisher.state).toBe('connected');
      expect(answers).toEqual([]);
    });

    it('goes on over an ICE restart, with new credentials at the same port', async () => {
      const alice = await publishing('alice');
      const bob = await watching(alice);
      const sending = sendVideo(alice.video);
      await vi.waitFor(() => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(20), timeout);
      const before = alice.client.remoteDescription?.sdp;

      await alice.client.setLocalDescription(await alice.client.createOffer({ iceRestart: true }));
      const answer = await alice.publisher.answer(
        alice.client.localDescription?.sdp ?? '',
        alice.tracks.map(({ mid, kind, trackId }) => ({ mid, kind, trackId })),
      );
      await alice.client.setRemoteDescription({ type: 'answer', sdp: answer });
      expect(fragmentOf(answer)).not.toBe(fragmentOf(before));
      expect(candidatePorts(answer)).toEqual(new Set([settings.udpPort]));
      const seen = bob.received.get('alice-video')?.length ?? 0;
      await vi.waitFor(
        () => expect(bob.received.get('alice-video')?.length).toBeGreaterThan(seen + 50),
        timeout,
      );
      sending.stop();
      expect(alice.publisher.state).toBe('connected');
    });

    it('keeps the port while somebody is there, and frees it with the last', async () => {
      const alice = await publishingClient(settings, 'alice');
      const bob = await publishing('bob');
      await alice.close();
      const sending = sendVideo(bob.video);
      const video = bob.tracks.find(({ kind }) => kind === 'video');
      await vi.waitFor(() => expect(video?.stats.packets).toBeGreaterThan(20), timeout);
      sending.stop();
      await bob.close();
      const next = createSocket('udp4');
      open.push({ close: () => next.close() });
      await new Promise<void>((resolve, reject) => {
        next.once('error', reject);
        next.bind(settings.udpPort, '127.0.0.1', resolve);
      });
      const events = { onTrack: () => undefined, onTrackEnded: () => undefined, onState: () => undefined };
      const carol = await createPublisher(settings, 'carol', events);
      open.push(carol);
      const offer = bob.client.localDescription?.sdp ?? '';
      await expect(carol.answer(offer, [])).rejects.toMatchObject({ code: 'port-in-use' });
    });

    it('has credentials that nobody guesses', async () => {
      const alice = await publishing('alice');
      const sdp = alice.client.remoteDescription?.sdp ?? '';
      expect(fragmentOf(sdp)).toMatch(/^[A-Za-z0-9+/]{12}$/);
      expect(/a=ice-pwd:(\S+)/.exec(sdp)?.[1]).toMatch(/^[A-Za-z0-9+/]{32}$/);
    });
  },
);
