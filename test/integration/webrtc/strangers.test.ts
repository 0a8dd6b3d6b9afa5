import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { Message, classes, methods } from 'werift';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { publishingClient, sendVideo } from './support/call.ts';
import { loopback, packetPaths } from './support/werift-client.ts';

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

describe.each(packetPaths)('a stranger who knows the port, on the %s packet path', (packetPath) => {
  it('gets no answer to connectivity checks without the password, and disturbs nobody', async () => {
    const alice = await publishingClient({ ...loopback, packetPath });
    open.push(alice);
    const local = alice.client.remoteDescription?.sdp ?? '';
    const port = Number(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/.exec(local)?.[1]);
    const ufrag = /a=ice-ufrag:(\S+)/.exec(local)?.[1] ?? '';
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    open.push({ close: () => socket.close() });
    const answers: Buffer[] = [];
    socket.on('message', (data) => answers.push(data));
    const video = alice.tracks.find((track) => track.kind === 'video');
    const sending = sendVideo(alice.video);
    const before = alice.publisher.stats.refused;

    for (let i = 0; i < 200; i++) {
      const check = new Message(methods.BINDING, classes.REQUEST);
      check.setAttribute('USERNAME', i % 2 === 0 ? `${ufrag}:stranger` : 'nobody:stranger');
      check.setAttribute('PRIORITY', 1);
      check.setAttribute(i % 3 === 0 ? 'ICE-CONTROLLED' : 'ICE-CONTROLLING', 1n);
      check.setAttribute('USE-CANDIDATE', null);
      if (i % 4 === 0) {
        check.addMessageIntegrity(Buffer.from('a guess at the password')).addFingerprint();
      }
      socket.send(check.bytes, port, '127.0.0.1');
      // A forged fatal DTLS alert, forged media, and noise.
      socket.send(Buffer.from([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, i & 0xff, 0, 2, 2, 40]), port, '127.0.0.1');
      const media = randomBytes(200);
      media[0] = 0x80;
      socket.send(media, port, '127.0.0.1');
      socket.send(randomBytes(1 + (i % 100)), port, '127.0.0.1');
    }

    await vi.waitFor(() => expect(alice.publisher.stats.refused).toBeGreaterThan(before + 300), {
      timeout: 10_000,
    });
    const packets = video?.stats.packets ?? 0;
    await vi.waitFor(() => expect(video?.stats.packets).toBeGreaterThan(packets + 30), { timeout: 10_000 });
    sending.stop();
    expect(alice.publisher.state).toBe('connected');
    expect(answers).toEqual([]);
  });
});
