import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FastPath, PacketSlots, takePacketSlot } from '../../../runtime/webrtc/fast-path/index.ts';
import type { PacketSlot } from '../../../runtime/webrtc/fast-path/index.ts';
import { NativeHelper, addonFile, loadAddon } from '../../../runtime/webrtc/fast-path/native/index.ts';
import type {
  Addon,
  NativeSession,
  SealingSocket,
  NativeSender,
} from '../../../runtime/webrtc/fast-path/native/index.ts';
import { DatagramSocket } from '../../../runtime/webrtc/fast-path/wire/datagram-socket.ts';
import {
  gatherDatagrams,
  sealOrGather,
  sendGathered,
} from '../../../runtime/webrtc/fast-path/wire/outgoing-batch.ts';
import { directSend } from '../../../runtime/webrtc/fast-path/wire/direct-send.ts';
import { srtpProfiles } from '../../../runtime/webrtc/srtp-parameters.ts';

const folder = new URL('../../../runtime/webrtc/fast-path/native/', import.meta.url);
/** It is built against glibc, from 2.28 on as Node itself is. */
const isForThisMachine =
  existsSync(addonFile(process.platform, process.arch)) && 'glibcVersionRuntime' in reportHeader();
const keys = {
  localMasterKey: Buffer.from('e1f97a0d3e018be0d64fa32c06de4139', 'hex'),
  localMasterSalt: Buffer.from('0ec675ad498afeebb6960b3aabe6', 'hex'),
  remoteMasterKey: Buffer.alloc(16, 1),
  remoteMasterSalt: Buffer.alloc(14, 2),
};

function reportHeader(): object {
  const report = process.report.getReport() as { header: object };
  return report.header;
}

/** Three sockets on loopback: one that sends, two that collect what comes. */
class Wire {
  readonly sender: Socket;
  readonly receivers: readonly Socket[];
  readonly received: Buffer[][] = [[], []];
  readonly sealing: SealingSocket;
  refused = 0;
  #arrived = 0;
  #waiting: { count: number; resolve: () => void } | undefined;

  private constructor(sockets: Socket[]) {
    this.sender = sockets[0] as Socket;
    this.receivers = sockets.slice(1);
    const { send, descriptor } = directSend(this.sender);
    this.sealing = { descriptor, sendNow: send, onRefused: () => this.refused++ };
    this.receivers.forEach((receiver, i) =>
      receiver.on('message', (data) => {
        this.received[i]?.push(data);
        this.#arrived++;
        if (this.#waiting !== undefined && this.#arrived >= this.#waiting.count) {
          this.#waiting.resolve();
        }
      }),
    );
  }

  static async open(): Promise<Wire> {
    const sockets = await Promise.all(
      [0, 1, 2].map(async () => {
        const socket = createSocket({
          type: 'udp4',
          lookup: (address, _options, callback) => callback(null, address, 4),
        });
        const listening = once(socket, 'listening');
        socket.bind(0, '127.0.0.1');
        await listening;
        return socket;
      }),
    );
    return new Wire(sockets);
  }

  /** Resolves when so many datagrams have come since the wire was opened. */
  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#arrived >= count) {
        resolve();
      } else {
        this.#waiting = { count, resolve };
      }
    });
  }

  portOf(receiver: number): number {
    return this.receivers[receiver]?.address().port ?? 0;
  }

  close(): void {
    [this.sender, ...this.receivers].forEach((socket) => socket.close());
  }
}

/** The helper as the transport uses it. */
function sendOver(wire: Wire, sender: NativeSender, session: NativeSession, receiver = 0) {
  return (slot: PacketSlot, headerLength: number, length: number): void => {
    const index = session.indices.indexOf(slot.bytes);
    if (index >= 0) {
      session.aim('127.0.0.1', wire.portOf(receiver));
      sender.add(session, wire.sealing, slot, headerLength, length, index);
    }
  };
}

function writePacket(slot: PacketSlot, sequence: number, ssrc: number, csrcs: number, payload: Uint8Array) {
  const { bytes } = slot;
  bytes[0] = 0x80 | csrcs;
  bytes[1] = 96;
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(0xdecafbad, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes.fill(0xcc, 12, 12 + 4 * csrcs);
  bytes.set(payload, 12 + 4 * csrcs);
  return { headerLength: 12 + 4 * csrcs, length: 12 + 4 * csrcs + payload.length };
}

it('is there for Linux on x64, and is not missed elsewhere', () => {
  expect(existsSync(addonFile('linux', 'x64'))).toBe(true);
  const loaded = loadAddon();
  if (isForThisMachine) {
    expect(loaded).toHaveProperty('addon.source');
  } else {
    expect(loaded).toHaveProperty('why');
  }
});

it('was built anew after its sources were changed last', () => {
  const hash = createHash('sha256');
  const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  for (const name of sources.toSorted()) {
    hash.update(readFileSync(new URL(name, folder)));
  }
  expect(readFileSync(new URL('linux-x64.node', folder)).includes(hash.digest('hex'))).toBe(true);
});

describe.runIf(isForThisMachine)('the native sender', () => {
  let wire: Wire;
  let helper: NativeHelper;
  let sender: NativeSender;
  let addon: Addon;
  beforeEach(async () => {
    wire = await Wire.open();
    addon = loadAddon().addon as Addon;
    helper = new NativeHelper(addon);
    ({ sender } = helper);
  });
  afterEach(() => wire.close());

  const openPath = () => {
    const path = new FastPath(srtpProfiles.aesCm, keys, helper);
    if (path.native === undefined) {
      throw new Error('the path has no native session');
    }
    return { path, native: path.native };
  };

  it('sends the bytes that the path makes without it, over wraps of the number and for every shape', async () => {
    const plain = new FastPath(srtpProfiles.aesCm, keys);
    const { path, native } = openPath();
    const send = sendOver(wire, sender, native);
    const slots = new PacketSlots(32);
    const expected: Buffer[] = [];
    const shape = fc.record({
      step: fc.integer({ min: 1, max: 9000 }),
      ssrc: fc.constantFrom(0x11223344, 0xfedcba98),
      csrcs: fc.integer({ min: 0, max: 15 }),
      payload: fc.uint8Array({ maxLength: 1400 }),
    });
    const numbers = new Map<number, number>();
    for (const { step, ssrc, csrcs, payload } of fc.sample(shape, { numRuns: 300, seed: 3711 })) {
      const sequence = ((numbers.get(ssrc) ?? 60_000) + step) & 0xffff;
      numbers.set(ssrc, sequence);
      const slot = slots.take();
      const { headerLength, length } = writePacket(slot, sequence, ssrc, csrcs, payload);
      const copy = new PacketSlots(1).take();
      slot.bytes.copy(copy.bytes, 0, 0, length);
      expected.push(Buffer.from(copy.bytes.subarray(0, plain.protectRtp(copy, headerLength, length))));
      send(slot, headerLength, length);
      sender.flush();
      await wire.arrived(expected.length);
    }
    expect(wire.received[0]).toEqual(expected);
    path.close();
  });

  it('sends what was gathered in its order, each packet to its own peer', async () => {
    const [first, second] = [openPath(), openPath()];
    const slots = new PacketSlots(32);
    const sends = [sendOver(wire, sender, first.native, 0), sendOver(wire, sender, second.native, 1)];
    for (let i = 0; i < 40; i++) {
      const slot = slots.take();
      const { headerLength, length } = writePacket(slot, 100 + i, 7, 0, Buffer.alloc(100, i));
      sends[i % 2]?.(slot, headerLength, length);
    }
    sender.flush();
    await wire.arrived(40);
    const sequences = wire.received.map((datagrams) => datagrams.map((data) => data.readUInt16BE(2)));
    expect(sequences[0]).toEqual(Array.from({ length: 20 }, (_, i) => 100 + 2 * i));
    expect(sequences[1]).toEqual(Array.from({ length: 20 }, (_, i) => 101 + 2 * i));
    first.path.close();
    second.path.close();
  });

  it('sends what waits before its session ends or has another aim', async () => {
    const { path, native } = openPath();
    const slots = new PacketSlots(32);
    for (const receiver of [0, 1]) {
      const slot = slots.take();
      const { headerLength, length } = writePacket(slot, 1 + receiver, 7, 0, Buffer.alloc(50));
      sendOver(wire, sender, native, receiver)(slot, headerLength, length);
    }
    path.close();
    await wire.arrived(2);
    expect(wire.received.map((datagrams) => datagrams.length)).toEqual([1, 1]);
    expect(wire.refused).toBe(0);
  });

  it('leaves memory that was renewed to the packets in it', async () => {
    const { path, native } = openPath();
    const send = sendOver(wire, sender, native);
    for (const sequence of [1, 2]) {
      const slot = new PacketSlots(4).take();
      const { headerLength, length } = writePacket(slot, sequence, 7, 0, Buffer.alloc(50));
      send(slot, headerLength, length);
    }
    sender.flush();
    await wire.arrived(2);
    expect(wire.received[0]?.map((data) => data.readUInt16BE(2))).toEqual([1, 2]);
    path.close();
  });

  it('leaves each packet to its own peer, also where others of the same turn are encrypted without it', async () => {
    const socket = await DatagramSocket.bind('127.0.0.1', 0);
    const peers = 41;
    for (const odd of [0, 1, 15, 16, 17, 31, 32, 33, 40]) {
      const paths = Array.from({ length: peers }, (_, peer) => {
        const key = Buffer.alloc(16, peer + 1);
        const salt = Buffer.alloc(peer === odd ? 12 : 14, peer + 1);
        return new FastPath(
          peer === odd ? srtpProfiles.aesGcm : srtpProfiles.aesCm,
          { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt },
          helper,
        );
      });
      const before = wire.received[0]?.length ?? 0;
      gatherDatagrams();
      paths.forEach((path, peer) => {
        const slot = takePacketSlot();
        const { headerLength, length } = writePacket(slot, 1, peer, 0, Buffer.alloc(200, peer));
        const { native } = path;
        if (native === undefined) {
          const protectedLength = path.protectRtp(slot, headerLength, length);
          socket.send(slot.bytes, protectedLength, wire.portOf(0), '127.0.0.1');
        } else {
          native.aim('127.0.0.1', wire.portOf(0));
          const index = native.indices.indexOf(slot.bytes);
          sealOrGather(native, socket.sealing as SealingSocket, slot, headerLength, length, index);
        }
      });
      sendGathered();
      await wire.arrived(before + peers);
      const got = (wire.received[0] ?? []).slice(before).map((data) => {
        const peer = data.readUInt32BE(8);
        return { peer, plain: paths[peer]?.unprotectRtp(data)?.subarray(12) };
      });
      got.sort((a, b) => a.peer - b.peer);
      expect(got).toEqual(
        Array.from({ length: peers }, (_, peer) => ({ peer, plain: Buffer.alloc(200, peer) })),
      );
      paths.forEach((path) => path.close());
    }
    await socket.close();
  });

  it('has the socket send what the kernel has no room for, encrypted once', async () => {
    // A kernel without room, which loopback never is: the helper encrypts, and sends none of two.
    const full: Addon = {
      ...addon,
      send: (rows, count, memory) => {
        const descriptors = Array.from({ length: count }, (_, i) => rows[7 * i + 1] as number);
        descriptors.forEach((_, i) => (rows[7 * i + 1] = -1));
        addon.send(rows, count, memory);
        descriptors.forEach((_, i) => (rows[7 * i + 6] = 1));
        return count;
      },
    };
    const withoutRoom = new NativeHelper(full);
    const blocked = withoutRoom.sender;
    const path = new FastPath(srtpProfiles.aesCm, keys, withoutRoom);
    const plain = new FastPath(srtpProfiles.aesCm, keys);
    const send = sendOver(wire, blocked, path.native as NativeSession);
    const slots = new PacketSlots(4);
    const expected = [1, 2].map((sequence) => {
      const slot = slots.take();
      const { headerLength, length } = writePacket(slot, sequence, 7, 0, Buffer.alloc(50, sequence));
      const copy = new PacketSlots(1).take();
      slot.bytes.copy(copy.bytes, 0, 0, length);
      send(slot, headerLength, length);
      return Buffer.from(copy.bytes.subarray(0, plain.protectRtp(copy, headerLength, length)));
    });
    blocked.flush();
    await wire.arrived(2);
    expect(wire.received[0]).toEqual(expected);
    path.close();
  });

  it('tells the socket what the kernel refuses, and sends nothing for a session that was closed', () => {
    const { path, native } = openPath();
    const slot = new PacketSlots(1).take();
    const { headerLength, length } = writePacket(slot, 1, 7, 0, Buffer.alloc(50));
    native.aim('127.0.0.1', wire.portOf(0));
    sender.add(native, { ...wire.sealing, descriptor: -1 }, slot, headerLength, length, 1);
    sender.flush();
    expect(wire.refused).toBe(1);
    path.close();
    sender.add(native, wire.sealing, slot, headerLength, length, 1);
    sender.flush();
    expect(wire.refused).toBe(2);
    expect(native.aim('127.0.0.1', 9)).toBe(false);
  });

  it('refuses rows that do not lie within the memory, or belong to no session', () => {
    const memory = new Uint8Array(2048);
    const session = addon.open(Buffer.alloc(16), Buffer.alloc(20), Buffer.alloc(14));
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const some = fc.oneof(int32, fc.constantFrom(0, 11, 12, 2037, 2038, 2039, 2047, 2048));
    fc.assert(
      fc.property(fc.constantFrom(session, session + 1, -1, 2 ** 20), some, some, some, (...row) => {
        const [id, offset, headerLength, length] = row;
        const rows = new Int32Array([id, -1, offset, headerLength, length, 0, 7]);
        expect(addon.send(rows, 1, memory)).toBe(1);
        expect(rows[6]).toBe(2);
      }),
      { numRuns: 3000 },
    );
    addon.close(session);
  });

  it('says what is wrong with what it is given', () => {
    expect(() => addon.open(Buffer.alloc(15), Buffer.alloc(20), Buffer.alloc(14))).toThrow(
      'keys of 16 and 20',
    );
    expect(() => addon.aim(9999, '127.0.0.1', 1)).toThrow('no such session');
    expect(() => addon.send(new Int32Array(6), 1, new Uint8Array(2048))).toThrow('expected rows');
    const session = addon.open(Buffer.alloc(16), Buffer.alloc(20), Buffer.alloc(14));
    expect(addon.aim(session, 'example.com', 1)).toBe(false);
    expect(addon.aim(session, '::1', 1)).toBe(true);
    addon.close(session);
    addon.close(session);
  });

  it('gives the places of sessions that ended to others', () => {
    const open = () => addon.open(Buffer.alloc(16), Buffer.alloc(20), Buffer.alloc(14));
    const first = Array.from({ length: 100 }, open);
    first.forEach((session) => addon.close(session));
    const second = Array.from({ length: 100 }, open);
    expect(new Set(second)).toEqual(new Set(first));
    second.forEach((session) => addon.close(session));
  });
});
