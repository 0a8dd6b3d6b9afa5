import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import {
  rewriteCandidates,
  startRelay,
  withoutCandidates,
  type LinkConditions,
  type Relay,
} from '../../support/relay/index.ts';

/** A socket on loopback that keeps what it receives. */
async function openPeer(): Promise<{
  socket: Socket;
  port: number;
  inbox: { datagram: Buffer; fromPort: number; atMs: number }[];
  received(count: number): Promise<void>;
}> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  const inbox: { datagram: Buffer; fromPort: number; atMs: number }[] = [];
  socket.on('message', (datagram, from) => {
    inbox.push({ datagram, fromPort: from.port, atMs: performance.now() });
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanUps.push(async () => {
    socket.close();
    await once(socket, 'close');
  });
  return {
    socket,
    port: socket.address().port,
    inbox,
    received: async (count) => {
      while (inbox.length < count) {
        await once(socket, 'message');
      }
    },
  };
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

function rtp(sequenceNumber: number, ssrc = 7): Buffer {
  const packet = Buffer.alloc(20);
  packet[0] = 0x80;
  packet[1] = 96;
  packet.writeUInt16BE(sequenceNumber & 0xffff, 2);
  packet.writeUInt32BE(ssrc, 8);
  // What the test itself reads back: the number beyond 16 bits and the time of sending.
  packet.writeUInt32BE(sequenceNumber, 12);
  return packet;
}

async function relayWith(conditions: LinkConditions & { seed?: number }): Promise<{
  relay: Relay;
  client: Awaited<ReturnType<typeof openPeer>>;
  target: Awaited<ReturnType<typeof openPeer>>;
  send(packet: Buffer): Promise<void>;
}> {
  const target = await openPeer();
  const client = await openPeer();
  const relay = await startRelay({ target: { address: '127.0.0.1', port: target.port }, ...conditions });
  cleanUps.push(() => relay.close());
  const send = (packet: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      client.socket.send(packet, relay.port, relay.address, (error) => (error ? reject(error) : resolve()));
    });
  return { relay, client, target, send };
}

/** Resolves when the relay has seen so many datagrams of the client. */
async function seenByRelay(relay: Relay, count: number): Promise<void> {
  while (relay.counts().towardsTarget.received < count) {
    await setImmediate();
  }
}

describe('a relay', () => {
  it('passes datagrams on in both directions and keeps clients apart', async () => {
    const { relay, client, target, send } = await relayWith({});
    const other = await openPeer();
    await send(Buffer.from('from the client'));
    other.socket.send('from the other', relay.port, relay.address);
    await target.received(2);
    for (const { datagram, fromPort } of target.inbox) {
      target.socket.send(`answer to ${String(datagram)}`, fromPort, '127.0.0.1');
    }
    await Promise.all([client.received(1), other.received(1)]);
    expect(String(client.inbox[0]?.datagram)).toBe('answer to from the client');
    expect(String(other.inbox[0]?.datagram)).toBe('answer to from the other');
    expect(relay.counts()).toMatchObject({ clients: 2, towardsClient: { delivered: 2 } });
  });

  it('loses the asked share of datagrams, the same ones for the same seed', async () => {
    const survivors: number[][] = [];
    for (const seed of [5, 5, 6]) {
      const { relay, target, send } = await relayWith({ lossShare: 0.05, seed });
      for (let number = 0; number < 4_000; number++) {
        await send(rtp(number));
        // A socket's buffer holds few hundred datagrams: without a turn for the relay the kernel loses some.
        if (number % 50 === 49) {
          await seenByRelay(relay, number + 1);
        }
      }
      const { lost, delivered } = relay.counts().towardsTarget;
      expect(lost + delivered).toBe(4_000);
      // Three standard deviations of 4,000 draws at 5 % are 41.
      expect(Math.abs(lost - 200)).toBeLessThan(42);
      await target.received(delivered);
      survivors.push(target.inbox.map(({ datagram }) => datagram.readUInt32BE(12)));
    }
    expect(survivors[0]).toEqual(survivors[1]);
    expect(survivors[0]).not.toEqual(survivors[2]);
  });

  it('delays by the asked time and no datagram more than delay and jitter together', async () => {
    const { target, send } = await relayWith({ delayMs: 20, jitterMs: 50 });
    const sentAtMs: number[] = [];
    for (let number = 0; number < 300; number++) {
      sentAtMs.push(performance.now());
      await send(rtp(number));
      if (number % 10 === 9) {
        await target.received(number - 8);
      }
    }
    await target.received(300);
    const delaysMs = target.inbox.map(
      ({ datagram, atMs }) => atMs - (sentAtMs[datagram.readUInt32BE(12)] ?? Number.NaN),
    );
    const meanMs = delaysMs.reduce((sum, value) => sum + value, 0) / delaysMs.length;
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(19);
    // A mean of 20 + 50 / 2; a busy machine only adds to it.
    expect(meanMs).toBeGreaterThan(40);
    expect(Math.max(...delaysMs) - Math.min(...delaysMs)).toBeGreaterThan(35);
  });

  it('reorders by jitter unless told to keep the order', async () => {
    for (const reorder of [true, false]) {
      const { relay, target, send } = await relayWith({ jitterMs: 20, reorder });
      for (let number = 0; number < 200; number++) {
        await send(rtp(number));
      }
      await target.received(200);
      const numbers = target.inbox.map(({ datagram }) => datagram.readUInt32BE(12));
      const isInOrder = numbers.every((number, index) => number === index);
      expect(isInOrder).toBe(!reorder);
      expect(relay.counts().towardsTarget.reordered > 0).toBe(reorder);
    }
  });

  it('lets nothing pass while blocked and everything afterwards', async () => {
    const { relay, target, send } = await relayWith({});
    relay.block();
    await send(rtp(1));
    await seenByRelay(relay, 1);
    relay.unblock();
    await send(rtp(2));
    await target.received(1);
    expect(target.inbox.map(({ datagram }) => datagram.readUInt32BE(12))).toEqual([2]);
    expect(relay.counts().towardsTarget).toMatchObject({ blocked: 1, delivered: 1 });
  });

  it('loses chosen RTP packets the first time they come by', async () => {
    const { relay, target, send } = await relayWith({});
    relay.loseSequenceNumbers('towards-target', [65_535], { ssrc: 7 });
    for (const packet of [rtp(65_534), rtp(65_535), rtp(65_536), rtp(65_535), rtp(65_535, 8)]) {
      await send(packet);
    }
    await target.received(4);
    expect(target.inbox.map(({ datagram }) => datagram.readUInt16BE(2))).toEqual([65_534, 0, 65_535, 65_535]);
    expect(relay.counts().towardsTarget.lostOnDemand).toBe(1);
  });

  it('spares STUN and DTLS when only media is to suffer', async () => {
    const { target, send } = await relayWith({ lossShare: 1, applyTo: 'media' });
    const stunBindingRequest = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');
    await send(rtp(1));
    await send(stunBindingRequest);
    await target.received(1);
    expect(target.inbox.map(({ datagram }) => datagram)).toEqual([stunBindingRequest]);
  });

  it('lets clients come from new ports after they have moved', async () => {
    const { relay, client, target, send } = await relayWith({});
    await send(rtp(1));
    await target.received(1);
    relay.moveClients();
    await send(rtp(2));
    await target.received(2);
    expect(target.inbox[0]?.fromPort).not.toBe(target.inbox[1]?.fromPort);
    target.socket.send('answer', target.inbox[1]?.fromPort ?? 0, '127.0.0.1');
    await client.received(1);
  });
});

describe('candidates', () => {
  const sdp = [
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=candidate:1 1 udp 2122260223 192.0.2.1 40000 typ host generation 0',
    'a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
    'a=end-of-candidates',
    '',
  ].join('\r\n');

  it('get the address of the relay, or are left out', () => {
    const rewritten = rewriteCandidates(sdp, ({ address, port, transport }) =>
      transport === 'udp' && address === '192.0.2.1' ? { address: '127.0.0.1', port: port + 1 } : undefined,
    );
    expect(rewritten).toContain('a=candidate:1 1 udp 2122260223 127.0.0.1 40001 typ host generation 0');
    expect(rewritten).not.toContain('tcptype');
    expect(rewritten).toContain('a=end-of-candidates\r\n');
  });

  it('are rewritten when trickled one by one', () => {
    expect(
      rewriteCandidates('candidate:1 1 udp 1 192.0.2.1 40000 typ host', () => ({
        address: '127.0.0.1',
        port: 1,
      })),
    ).toBe('candidate:1 1 udp 1 127.0.0.1 1 typ host');
  });

  it('can all be taken out of a description', () => {
    expect(withoutCandidates(sdp)).toBe('v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=end-of-candidates\r\n');
  });
});
