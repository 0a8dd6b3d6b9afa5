import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { takePacketSlot } from '../../../runtime/webrtc/fast-path/index.ts';
import { DatagramSocket } from '../../../runtime/webrtc/fast-path/wire/datagram-socket.ts';
import type { NativeReceiver } from '../../../runtime/webrtc/fast-path/native/index.ts';
import { directSend } from '../../../runtime/webrtc/fast-path/wire/direct-send.ts';
import { handleOf } from '../../../runtime/webrtc/fast-path/wire/udp-handle.ts';
import type { SendRequest, UdpHandle } from '../../../runtime/webrtc/fast-path/wire/udp-handle.ts';
import { receivers } from './support/receivers.ts';

const open: { close: () => unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function bound(address: string, receiver?: NativeReceiver): Promise<DatagramSocket> {
  const socket = await DatagramSocket.bind(address, 0, receiver);
  open.push(socket);
  return socket;
}

async function boundByNode(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, answer) => answer(null, host, 4) });
  open.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

/** What a kernel without room for anything leaves to the handle. */
function waitingFor(socket: Socket): SendRequest[] {
  const waiting: SendRequest[] = [];
  vi.spyOn(handleOf(socket) as UdpHandle, 'send').mockImplementation((request) => {
    waiting.push(request);
    return 0;
  });
  return waiting;
}

/** Everything that comes to a socket, as text with the port it comes from. */
function heardBy(socket: DatagramSocket): string[] {
  const heard: string[] = [];
  socket.onDatagram = (data, address, port) => heard.push(`${data.toString()} ${address} ${port}`);
  return heard;
}

describe.each(receivers)('a datagram socket from which $name reads', ({ receiver }) => {
  it.each(['127.0.0.1', '::1'])('sends the first bytes of what it is given, from %s', async (address) => {
    const alice = await bound(address, receiver);
    const bob = await bound(address, receiver);
    const heard = heardBy(bob);
    const memory = Buffer.from('..first and more').subarray(2);
    alice.send(memory, 5, bob.port, address);
    memory.write('again');
    alice.send(memory, 5, bob.port, address);
    await vi.waitFor(() =>
      expect(heard).toEqual([`first ${address} ${alice.port}`, `again ${address} ${alice.port}`]),
    );
  });

  it('sends a thousand datagrams in turn to many, each its own', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const others = await Promise.all(Array.from({ length: 10 }, () => bound('127.0.0.1', receiver)));
    const heard = others.map(heardBy);
    for (let i = 0; i < 1000; i++) {
      const bytes = Buffer.from(String(i));
      alice.send(bytes, bytes.length, others[i % 10]?.port ?? 0, '127.0.0.1');
    }
    await vi.waitFor(() => expect(heard.flat()).toHaveLength(1000));
    heard.forEach((texts, i) =>
      expect(texts).toEqual(texts.map((_, n) => `${n * 10 + i} 127.0.0.1 ${alice.port}`)),
    );
  });

  it('sends all that an incoming datagram gives rise to, in order, and what comes later at once', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await bound('127.0.0.1', receiver);
    const heard = heardBy(bob);
    const texts = Array.from({ length: 50 }, (_, i) => `answer ${i}`);
    alice.onDatagram = () => {
      for (const text of texts) {
        alice.send(Buffer.from(text), text.length, bob.port, '127.0.0.1');
      }
    };
    bob.send(Buffer.from('question'), 8, alice.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(50));
    alice.send(Buffer.from('later'), 5, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(51));
    expect(heard).toEqual([...texts, 'later'].map((text) => `${text} 127.0.0.1 ${alice.port}`));
  });

  it('sends what stands in packet slots as it was, however many packets for nobody are written in between', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await bound('127.0.0.1', receiver);
    const heard = heardBy(bob);
    alice.onDatagram = () => {
      for (const text of ['one', 'two']) {
        const { bytes } = takePacketSlot();
        bytes.write(text);
        alice.send(bytes, 3, bob.port, '127.0.0.1');
        for (let i = 0; i < 100; i++) {
          takePacketSlot().bytes.write('not');
        }
      }
    };
    bob.send(Buffer.from('question'), 8, alice.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard).toEqual([`one 127.0.0.1 ${alice.port}`, `two 127.0.0.1 ${alice.port}`]);
  });

  it('does not mind addresses that cannot be reached, nor to be used when it is closed', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await bound('127.0.0.1', receiver);
    const heard = heardBy(bob);
    alice.send(Buffer.from('x'), 1, 9, '::1');
    alice.send(Buffer.from('x'), 1, 9, 'nowhere');
    alice.send(Buffer.from('x'), 1, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    await alice.close();
    open.splice(open.indexOf(alice), 1);
    alice.send(Buffer.from('x'), 1, bob.port, '127.0.0.1');
    bob.send(Buffer.from('last'), 4, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard[1]).toMatch(/^last/);
  });

  it('hands over every datagram of a burst, each with its own bytes and sender, long ones and empty ones too', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const senders = await Promise.all([boundByNode(), boundByNode()]);
    const heard: { data: Buffer; port: number }[] = [];
    alice.onDatagram = (data, _address, port) => heard.push({ data, port });
    const sent = Array.from({ length: 200 }, (_, i) => Buffer.alloc((i * 97) % 1500, i));
    for (const [i, data] of sent.entries()) {
      senders[i % 2]?.send(data, alice.port, '127.0.0.1');
    }
    await vi.waitFor(() => expect(heard).toHaveLength(sent.length));
    senders.forEach((sender, which) => {
      const { port } = sender.address();
      const own = heard.filter((datagram) => datagram.port === port).map(({ data }) => data);
      expect(own).toEqual(sent.filter((_, i) => i % 2 === which));
    });
  });

  it('tells addresses apart that differ in their last bits alone, in turn', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const heard = heardBy(alice);
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.1.1'];
    const senders = await Promise.all(hosts.map((host) => bound(host)));
    const expected: string[] = [];
    for (let i = 0; i < 9; i++) {
      const sender = senders[i % 3] as DatagramSocket;
      sender.send(Buffer.from(String(i)), 1, alice.port, '127.0.0.1');
      expected.push(`${i} ${sender.address} ${sender.port}`);
      await vi.waitFor(() => expect(heard).toEqual(expected));
    }
  });

  it('hands over nothing more once it is closed, from within a datagram too, and frees its port at once', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await bound('127.0.0.1', receiver);
    const { port } = alice;
    let heard = 0;
    let closed: Promise<void> | undefined;
    alice.onDatagram = () => {
      heard++;
      closed ??= alice.close();
    };
    for (let i = 0; i < 10; i++) {
      bob.send(Buffer.from('x'), 1, port, '127.0.0.1');
    }
    await vi.waitFor(() => expect(closed).toBeDefined());
    open.splice(open.indexOf(alice), 1);
    await closed;
    const next = await DatagramSocket.bind('127.0.0.1', port, receiver);
    open.push(next);
    const later = heardBy(next);
    bob.send(Buffer.from('new'), 3, port, '127.0.0.1');
    await vi.waitFor(() => expect(later).toEqual([`new 127.0.0.1 ${bob.port}`]));
    expect(heard).toBe(1);
  });

  /** Sends three datagrams that begin with `first`, and tells in which order they and their promises are kept. */
  async function orderOf(first: string): Promise<string[]> {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await boundByNode();
    const order: string[] = [];
    alice.onDatagram = (data) => {
      const name = data.toString('latin1', 1);
      order.push(name);
      void Promise.resolve().then(() => order.push(`then ${name}`));
    };
    for (const name of ['one', 'two', 'three']) {
      bob.send(Buffer.from(`${first}${name}`, 'latin1'), alice.port, '127.0.0.1');
    }
    await vi.waitFor(() => expect(order).toHaveLength(6));
    return order;
  }

  const inTurn = ['one', 'then one', 'two', 'then two', 'three', 'then three'];

  it('keeps the promises of a datagram before it hands over the next', async () => {
    expect(await orderOf('\x16')).toEqual(inTurn);
  });

  it('hands over media that came together before it keeps promises, where that is cheaper', async () => {
    const together = ['one', 'two', 'three', 'then one', 'then two', 'then three'];
    expect(await orderOf('\x80')).toEqual(receiver === undefined ? inTurn : together);
  });

  it('is alone in the memory that its listener keeps of a datagram', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await boundByNode();
    const kept: Buffer[] = [];
    alice.onDatagram = (data) => kept.push(data);
    for (let i = 0; i < 20; i++) {
      bob.send(Buffer.alloc(300), alice.port, '127.0.0.1');
    }
    await vi.waitFor(() => expect(kept).toHaveLength(20));
    expect(kept.map(({ buffer }) => buffer.byteLength)).toEqual(kept.map(() => 300));
  });

  it('can be closed again, when another has its place', async () => {
    const alice = await bound('127.0.0.1', receiver);
    await alice.close();
    open.splice(open.indexOf(alice), 1);
    const carol = await bound('127.0.0.1', receiver);
    await expect(alice.close()).rejects.toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
    const bob = await bound('127.0.0.1', receiver);
    const heard = heardBy(carol);
    bob.send(Buffer.from('hello'), 5, carol.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
  });

  it('keeps to its own bytes what its listener keeps, whatever comes after it', async () => {
    const alice = await bound('127.0.0.1', receiver);
    const bob = await bound('127.0.0.1', receiver);
    const kept: Buffer[] = [];
    alice.onDatagram = (data) => {
      kept.push(data);
      data[0] = 0xff;
    };
    for (let i = 0; i < 100; i++) {
      bob.send(Buffer.alloc(1200, i), 1200, alice.port, '127.0.0.1');
    }
    await vi.waitFor(() => expect(kept).toHaveLength(100));
    kept.forEach((data, i) => {
      expect(data).toHaveLength(1200);
      expect(data[0]).toBe(0xff);
      expect(data.subarray(1).every((byte) => byte === i)).toBe(true);
    });
  });
});

describe('sending past dgram', () => {
  it('goes by dgram when Node keeps its handle elsewhere', async () => {
    const socket = await boundByNode();
    const hidden = new Proxy(socket, { ownKeys: () => [] });
    const sent = vi.spyOn(socket, 'send');
    const bob = await bound('127.0.0.1');
    const heard = heardBy(bob);
    directSend(hidden).send(Buffer.from('hello'), 4, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatch(/^hell 127/);
    expect(sent).toHaveBeenCalledOnce();
  });

  it('goes by dgram when the handle cannot be looked at', async () => {
    const socket = await boundByNode();
    const bob = await bound('127.0.0.1');
    const heard = heardBy(bob);
    Object.freeze(handleOf(socket));
    const sent = vi.spyOn(socket, 'send');
    directSend(socket).send(Buffer.from('hello'), 4, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatch(/^hell 127/);
    expect(sent).toHaveBeenCalledOnce();
  });

  it('leaves a request that waits for the kernel alone, with its bytes', async () => {
    const socket = await boundByNode();
    const { send, isFull } = directSend(socket);
    const waiting = waitingFor(socket);
    expect(isFull()).toBe(false);
    for (const text of ['one', 'two', 'three']) {
      send(Buffer.from(text), text.length, 9, '127.0.0.1');
    }
    expect(isFull()).toBe(true);
    expect(new Set(waiting).size).toBe(3);
    expect(waiting.map(({ list }) => Buffer.from(list?.[0] ?? []).toString())).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('leaves a packet slot that waits for the kernel alone, however many packets come after it', async () => {
    const socket = await boundByNode();
    const { send } = directSend(socket);
    const waiting = waitingFor(socket);
    const { bytes } = takePacketSlot();
    bytes.write('first');
    send(bytes, 5, 9, '127.0.0.1');
    for (let i = 0; i < 200; i++) {
      takePacketSlot().bytes.write('other');
    }
    expect(Buffer.from(waiting[0]?.list?.[0] ?? []).toString()).toBe('first');
  });

  it('goes on with the same memory where the kernel refuses what it is given', async () => {
    const socket = await boundByNode();
    const { send } = directSend(socket);
    const { bytes } = takePacketSlot();
    for (let i = 0; i < 10; i++) {
      // Broadcasting was not asked for: EACCES.
      send(takePacketSlot().bytes, 5, 9, '255.255.255.255');
    }
    expect(takePacketSlot().bytes.buffer).toBe(bytes.buffer);
    const bob = await bound('127.0.0.1');
    const heard = heardBy(bob);
    send(Buffer.from('hello'), 5, bob.port, '127.0.0.1');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
  });

  it('keeps what waits for the kernel though the memory it came in is used again, up to a bound', async () => {
    const socket = await boundByNode();
    const { send } = directSend(socket);
    const waiting = waitingFor(socket);
    vi.spyOn(socket, 'getSendQueueCount').mockImplementation(() => waiting.length);
    const memory = Buffer.alloc(4);
    for (let i = 0; i < 2000; i++) {
      memory.writeUInt32BE(i);
      send(memory, 4, 9, '127.0.0.1');
    }
    expect(waiting).toHaveLength(1024);
    expect(waiting.slice(1).map(({ list }) => Buffer.from(list?.[0] ?? []).readUInt32BE())).toEqual(
      Array.from({ length: 1023 }, (_, i) => i + 1),
    );
  });
});
