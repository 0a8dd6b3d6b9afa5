import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { Message, classes, methods } from 'werift';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refusedDatagrams, sharePort } from '../../../runtime/webrtc/fast-path/index.ts';
import type { PeerSocket } from '../../../runtime/webrtc/fast-path/index.ts';
import { freePort } from '../../support/temporary/index.ts';
import { receivers } from './support/receivers.ts';

const host = '127.0.0.1';
const open: { close: () => unknown }[] = [];
let port = 0;

beforeEach(async () => {
  port = await freePort('udp');
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

/** The socket of somebody elsewhere. */
async function remote(): Promise<Socket> {
  const socket = createSocket('udp4');
  open.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  return socket;
}

const check = (username: string) =>
  new Message(methods.BINDING, classes.REQUEST).setAttribute('USERNAME', username).bytes;
const media = (text: string) => Buffer.from(`\x80${text}`, 'latin1');
const dtls = Buffer.from([22, 254, 253, 0]);

describe.each(receivers)('a port that peers share, from which $name reads', ({ receiver }) => {
  /** A peer on the shared port, and what it hears. */
  async function peer(fragment: string): Promise<{ socket: PeerSocket; heard: string[] }> {
    const socket = await sharePort(host, port, receiver);
    open.push(socket);
    const heard: string[] = [];
    socket.expect(fragment);
    socket.onMedia = (data) => heard.push(`media ${data.toString('latin1', 1)}`);
    socket.onData = (data, [, from]) => heard.push(`${(data[0] ?? 0) < 4 ? 'stun' : 'dtls'} from ${from}`);
    return { socket, heard };
  }

  it('gives a check to the peer that it names, and media to nobody before the peer has recognised its sender', async () => {
    const alice = await peer('alice');
    const bob = await peer('bob');
    const guest = await remote();
    const refused = refusedDatagrams();
    const from = guest.address().port;
    guest.send(media('too early'), port, host);
    guest.send(check('bob:guest'), port, host);
    await vi.waitFor(() => expect(bob.heard).toEqual([`stun from ${from}`]));
    expect(refusedDatagrams()).toBe(refused + 1);

    bob.socket.recognise([host, from]);
    guest.send(media('a'), port, host);
    guest.send(dtls, port, host);
    await vi.waitFor(() => expect(bob.heard).toEqual([`stun from ${from}`, 'media a', `dtls from ${from}`]));
    expect(alice.heard).toEqual([]);
  });

  it('tells two browsers behind one address by their ports', async () => {
    const peers = [await peer('alice'), await peer('bob')];
    const browsers = [await remote(), await remote()];
    peers.forEach(({ socket }, i) => socket.recognise([host, browsers[i]?.address().port ?? 0]));
    for (let i = 0; i < 10; i++) {
      browsers.forEach((browser, who) => browser.send(media(`${who} ${i}`), port, host));
    }
    await vi.waitFor(() => expect(peers.map(({ heard }) => heard.length)).toEqual([10, 10]));
    peers.forEach(({ heard }, who) =>
      expect(heard).toEqual(Array.from({ length: 10 }, (_, i) => `media ${who} ${i}`)),
    );
  });

  it('follows a peer to another address and goes on to hear it at the one before', async () => {
    const alice = await peer('alice');
    const before = await remote();
    const after = await remote();
    alice.socket.recognise([host, before.address().port]);
    alice.socket.recognise([host, after.address().port]);
    after.send(media('here'), port, host);
    await vi.waitFor(() => expect(alice.heard).toEqual(['media here']));
    before.send(media('late'), port, host);
    await vi.waitFor(() => expect(alice.heard).toEqual(['media here', 'media late']));
  });

  it('gives an answer to the peer that has asked, and then the media of an ICE-lite peer', async () => {
    const alice = await peer('alice');
    const bob = await peer('bob');
    const lite = await remote();
    const from = lite.address().port;
    lite.on('message', (data) => {
      const answer = Buffer.from(data);
      answer[0] = 1;
      lite.send(answer, port, host);
      lite.send(media('m'), port, host);
    });
    await bob.socket.send(check('lite:bob'), [host, from]);
    await vi.waitFor(() => expect(bob.heard).toEqual([`stun from ${from}`, 'media m']));
    expect(alice.heard).toEqual([]);
  });

  it('refuses and counts checks for nobody, answers to no question, and noise', async () => {
    const alice = await peer('alice');
    const stranger = await remote();
    const refused = refusedDatagrams();
    const answer = check('x:y');
    answer[0] = 1;
    const torn = check('alice:stranger').subarray(0, 26);
    const datagrams = [
      check('nobody:stranger'),
      check('alice'),
      answer,
      torn,
      media('x'),
      dtls,
      Buffer.from([0]),
      Buffer.alloc(0),
      Buffer.alloc(5000, 22),
    ];
    for (const datagram of datagrams) {
      stranger.send(datagram, port, host);
    }
    await vi.waitFor(() => expect(refusedDatagrams()).toBe(refused + datagrams.length));
    expect(alice.heard).toEqual([]);
  });

  it('does not let a peer take what comes from an address at which another has proved to be', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const alice = await peer('alice');
    const mallory = await peer('mallory');
    const guest = await remote();
    const from = guest.address().port;
    alice.socket.recognise([host, from]);
    vi.advanceTimersByTime(14_000);
    mallory.socket.recognise([host, from]);
    guest.send(media('mine'), port, host);
    await vi.waitFor(() => expect(alice.heard).toEqual(['media mine']));

    // Alice has been silent for longer than any browser leaves its consent unchecked.
    vi.advanceTimersByTime(2000);
    mallory.socket.recognise([host, from]);
    guest.send(media('now yours'), port, host);
    await vi.waitFor(() => expect(mallory.heard).toEqual(['media now yours']));
  });

  it('hears checks by the username fragments from before and after an ICE restart', async () => {
    const alice = await peer('before');
    const guest = await remote();
    alice.socket.expect('after');
    guest.send(check('before:guest'), port, host);
    guest.send(check('after:guest'), port, host);
    await vi.waitFor(() => expect(alice.heard).toHaveLength(2));
  });

  it('counts what a peer throws at that peer, and goes on', async () => {
    const alice = await peer('alice');
    const guest = await remote();
    alice.socket.onData = () => {
      throw new Error('no sense');
    };
    guest.send(check('alice:guest'), port, host);
    await vi.waitFor(() => expect(alice.socket.faults).toBe(1));
    alice.socket.recognise([host, guest.address().port]);
    guest.send(media('fine'), port, host);
    await vi.waitFor(() => expect(alice.heard).toEqual(['media fine']));
  });

  it('forgets a peer that has left, and frees the port with the last', async () => {
    const alice = await peer('alice');
    const bob = await peer('bob');
    const guest = await remote();
    alice.socket.recognise([host, guest.address().port]);
    await alice.socket.close();
    alice.socket.recognise([host, guest.address().port]);
    const refused = refusedDatagrams();
    guest.send(media('x'), port, host);
    guest.send(check('alice:guest'), port, host);
    await vi.waitFor(() => expect(refusedDatagrams()).toBe(refused + 2));
    expect(alice.heard).toEqual([]);

    await Promise.all([bob.socket.close(), bob.socket.close()]);
    const next = createSocket('udp4');
    open.push(next);
    await new Promise<void>((resolve) => next.bind(port, host, resolve));
    await expect(sharePort(host, port)).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`UDP port ${port} is taken on 127.0.0.1`) as string,
    });
  });

  it('is opened once for peers that come at the same time', async () => {
    const peers = await Promise.all([peer('a'), peer('b'), peer('c')]);
    expect(peers.map(({ socket }) => socket.port)).toEqual([port, port, port]);
  });
});
