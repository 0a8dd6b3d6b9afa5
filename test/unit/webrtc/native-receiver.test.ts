import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FastPath, PacketSlots, nativeHelper } from '../../../runtime/webrtc/fast-path/index.ts';
import { loadAddon } from '../../../runtime/webrtc/fast-path/native/index.ts';
import type { Addon, NativeHelper } from '../../../runtime/webrtc/fast-path/native/index.ts';
import { AesCmCipher } from '../../../runtime/webrtc/fast-path/srtp/aes-cm-cipher.ts';
import { DatagramSocket } from '../../../runtime/webrtc/fast-path/wire/datagram-socket.ts';
import { handleOf } from '../../../runtime/webrtc/fast-path/wire/udp-handle.ts';
import type { UdpHandle } from '../../../runtime/webrtc/fast-path/wire/udp-handle.ts';
import { srtpProfiles } from '../../../runtime/webrtc/srtp-parameters.ts';
import { echoKeys, plainPacket, protect } from './support/protected-calls.ts';

const { helper } = nativeHelper();
const { addon } = loadAddon();
const host = '127.0.0.1';
const open: { close: () => unknown }[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function bound(receiver = helper?.receiver): Promise<DatagramSocket> {
  const socket = await DatagramSocket.bind(host, 0, receiver);
  open.push(socket);
  return socket;
}

async function boundByNode() {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

/** A process that ends as `how` says, or with the test. */
function start(how: string): ChildProcess {
  const child = fork(new URL('./support/native-receiver-process.ts', import.meta.url), [how], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  open.push({ close: () => child.kill('SIGKILL') });
  return child;
}

/** How many descriptors of this process are sockets. */
function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      // The descriptor with which the folder was read.
      return false;
    }
  }).length;
}

describe.runIf(helper !== undefined)('the native receiver', () => {
  it('counts a datagram that is longer than any that is taken, and goes on', async () => {
    const alice = await bound();
    const bob = await boundByNode();
    const heard: number[] = [];
    alice.onDatagram = (data) => heard.push(data.length);
    for (const length of [2048, 2049, 9000, 3]) {
      bob.send(Buffer.alloc(length), alice.port, host);
    }
    await vi.waitFor(() => expect(heard).toEqual([2048, 3]));
    expect(alice.faults).toBe(2);
  });

  it('gives its descriptor back when its socket is closed', async () => {
    const before = openSockets();
    const sockets = await Promise.all(Array.from({ length: 150 }, () => bound()));
    expect(openSockets()).toBe(before + 300);
    await Promise.all(sockets.map((socket) => socket.close()));
    open.length = 0;
    expect(openSockets()).toBe(before);
  });

  it('hands over what follows a datagram whose listener throws, and tells of it once', async () => {
    const child = start('throw');
    const said: unknown[] = [];
    child.on('message', (message) => said.push(message));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, said }).toEqual({
      code: 0,
      said: ['heard one', 'caught one', 'heard two', 'heard three'],
    });
  });

  it('leaves the socket to Node where Node does not stop to read it', async () => {
    const stop = vi.spyOn(addon as Addon, 'stop');
    const { bind } = Socket.prototype;
    vi.spyOn(Socket.prototype, 'bind').mockImplementation(function (this: Socket, ...args: unknown[]) {
      Reflect.set(handleOf(this) as UdpHandle, 'recvStop', () => -1);
      return Reflect.apply(bind, this, args) as Socket;
    });
    const alice = await bound();
    expect(stop).toHaveBeenCalledOnce();
    const bob = await boundByNode();
    const heard: string[] = [];
    alice.onDatagram = (data) => heard.push(data.toString());
    bob.send('hello', alice.port, host);
    await vi.waitFor(() => expect(heard).toEqual(['hello']));
    await alice.close();
    open.splice(open.indexOf(alice), 1);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('leaves the socket to Node where it cannot watch it', async () => {
    const watch = vi.spyOn(addon as Addon, 'receive').mockImplementation(() => {
      throw new Error('the socket cannot be watched');
    });
    const alice = await bound();
    expect(watch).toHaveBeenCalledOnce();
    const bob = await bound(undefined);
    const heard: string[] = [];
    alice.onDatagram = (data) => heard.push(data.toString());
    bob.send(Buffer.from('hello'), 5, alice.port, host);
    await vi.waitFor(() => expect(heard).toEqual(['hello']));
  });

  it('says what is wrong with what it is given', () => {
    const { receive, addressOf, stop, unseal } = addon as Addon;
    expect(() => receive(-1, () => undefined)).toThrow('cannot be watched');
    // It can be watched, but no datagrams come from it.
    const random = openSync('/dev/random', 'r');
    expect(() => receive(random, () => undefined)).toThrow('cannot be watched');
    closeSync(random);
    expect(() => void Reflect.apply(receive, addon, [0, undefined])).toThrow('a socket and a function');
    expect(() => addressOf(16)).toThrow('no such row');
    expect(() => unseal(9999, Buffer.alloc(100), 12, 50, 0)).toThrow('expected a session');
    stop(9999);
  });

  it.each([
    ['is told to exit in the middle of it', 'exit', 11],
    ['ends a thread in the middle of it', 'thread', 12],
    ['has closed its sockets, and not before', 'close', 14],
  ])('lets a process end that %s', async (_, how, expected) => {
    const [code, signal] = (await once(start(how), 'close')) as [number | null, string | null];
    expect({ code, signal }).toEqual({ code: expected, signal: null });
  });
});

describe.runIf(helper !== undefined)('decrypting with the native helper', () => {
  const profile = srtpProfiles.aesCm;

  it('takes what the path without it has encrypted, with any payload', () => {
    const keys = echoKeys(profile);
    const ours = new FastPath(profile, keys);
    const native = new FastPath(profile, keys, helper);
    let sequence = 65_000;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1400, size: 'max' }),
        fc.integer({ min: 1, max: 300 }),
        (payload, step) => {
          sequence += step;
          const plain = plainPacket(sequence, Buffer.from(payload));
          expect(native.unprotectRtp(protect(ours, plain))).toEqual(plain);
        },
      ),
      { numRuns: 500, seed: 3711 },
    );
    native.close();
  });

  it('opens what is sealed without it at any index, behind a header of any length', () => {
    const keys = {
      encryptionKey: Buffer.alloc(16, 1),
      authenticationKey: Buffer.alloc(20, 2),
      salt: Buffer.alloc(14, 3),
    };
    const cipher = new AesCmCipher(keys);
    const native = (helper as NativeHelper).openingCipher(keys);
    const slot = new PacketSlots(1).take();
    const indices = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.constantFrom(0x7fffffff * 65536 + 65535, 0x80000000 * 65536, 0xffffffff * 65536 + 5),
    );
    const headers = fc.integer({ min: 3, max: 150 }).map((words) => 4 * words);
    fc.assert(
      fc.property(indices, headers, fc.uint8Array({ maxLength: 1200 }), (index, headerLength, payload) => {
        const length = headerLength + payload.length;
        slot.bytes.fill(0xa5, 0, length);
        slot.bytes.writeUInt16BE(index % 65536, 2);
        const ssrc = slot.bytes.readUInt32BE(8);
        slot.bytes.set(payload, headerLength);
        const plain = Buffer.from(slot.bytes.subarray(0, length));
        cipher.stream(ssrc).seal(slot, headerLength, length, index);
        const sealed = Buffer.from(slot.bytes.subarray(0, length + cipher.tagBytes));
        expect(native.stream().open(sealed, headerLength, length, index)).toBe(true);
        expect(sealed.subarray(0, length)).toEqual(plain);
      }),
      { numRuns: 500 },
    );
    native.close();
  });

  it('leaves a forged packet as it was', () => {
    const path = new FastPath(profile, echoKeys(profile), helper);
    const sealed = protect(path, plainPacket(1, Buffer.from('secret')));
    for (let at = 0; at < sealed.length; at++) {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] as number) ^ 1;
      const before = Buffer.from(forged);
      expect(path.unprotectRtp(forged)).toBeUndefined();
      expect(forged).toEqual(before);
    }
    expect(path.unprotectRtp(sealed)).toBeDefined();
    path.close();
  });

  it('takes nothing after it was closed', () => {
    const path = new FastPath(profile, echoKeys(profile), helper);
    const sealed = protect(path, plainPacket(1, Buffer.from('late')));
    path.close();
    path.close();
    expect(path.unprotectRtp(sealed)).toBeUndefined();
  });

  it('reads within the packet only, whatever lengths it is given', () => {
    const { open: openSession, unseal, close } = addon as Addon;
    const session = openSession(Buffer.alloc(16), Buffer.alloc(20), Buffer.alloc(14));
    const number = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 32 }),
      fc.constantFrom(0, 11, 12, 89, 90, 91, 100, 2 ** 31 - 1, 2 ** 32 - 1),
    );
    fc.assert(
      fc.property(number, number, number, (headerLength, length, rollOver) => {
        const packet = new Uint8Array(100);
        const fits = headerLength >>> 0 >= 12 && length >>> 0 >= headerLength >>> 0 && length >>> 0 <= 90;
        if (fits) {
          expect(unseal(session, packet, headerLength, length, rollOver)).toBe(false);
        } else {
          expect(() => unseal(session, packet, headerLength, length, rollOver)).toThrow(
            'a packet with its lengths',
          );
        }
        expect(packet).toEqual(new Uint8Array(100));
      }),
      { numRuns: 3000 },
    );
    close(session);
  });
});
