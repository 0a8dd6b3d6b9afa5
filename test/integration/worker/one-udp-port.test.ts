import { createSocket } from 'node:dgram';
import { MediaStreamTrack, RTCPeerConnection } from 'werift';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WorkerPool } from '../../../runtime/worker/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { startLoopbackPool } from './support/loopback-pool.ts';

const timeout = { timeout: 20_000, interval: 50 };
const disposers: (() => unknown)[] = [];

afterEach(async () => {
  for (const dispose of disposers.splice(0).reverse()) {
    await dispose();
  }
});

/** The first of two UDP ports that nobody has now. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const first = await bind(0);
    const { port } = first.address();
    try {
      (await bind(port + 1)).close();
      return port;
    } catch {
      // Somebody has the next one: look elsewhere.
    } finally {
      first.close();
    }
  }
}

async function bind(port: number) {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', resolve);
  });
  return socket;
}

async function startPool(udpPort: number): Promise<WorkerPool> {
  const directory = await temporaryDirectory('roomflow-pool-');
  disposers.push(() => directory[Symbol.asyncDispose]());
  const pool = startLoopbackPool({ count: 2, directory: directory.path, udpPort });
  disposers.push(() => pool.stop());
  await pool.ready();
  return pool;
}

/** Somebody publishes in a session, and is connected. @returns the ports at which the runtime can be reached. */
async function publish(pool: WorkerPool, sessionId: string, participantId: string): Promise<number[]> {
  pool.media.openParticipant(sessionId, {
    participantId,
    name: participantId,
    mode: 'SEND_AND_RECV',
    serverSide: null,
  });
  const guest = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    bundlePolicy: 'max-bundle',
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceFilterCandidatePair: (pair) => pair.remoteCandidate.host === '127.0.0.1',
  });
  disposers.push(() => guest.close());
  guest.addTransceiver(new MediaStreamTrack({ kind: 'audio' }), { direction: 'sendonly' });
  await guest.setLocalDescription(await guest.createOffer());
  const answer = await pool.media.publish(sessionId, participantId, guest.localDescription?.sdp ?? '', [
    { mid: '0', kind: 'audio', trackId: `${participantId}-audio`, muted: false },
  ]);
  await guest.setRemoteDescription({ type: 'answer', sdp: answer });
  await vi.waitFor(() => expect(guest.connectionState).toBe('connected'), timeout);
  return [...answer.matchAll(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/g)].map(([, port]) =>
    Number(port),
  );
}

describe('media workers with one UDP port', () => {
  it('take the port and the next one, and again when another worker takes their place', async () => {
    const udpPort = await twoFreePorts();
    const pool = await startPool(udpPort);
    const moved = new Set<string>();
    pool.media.onEvent((event) => {
      if (event.type === 'session-moved') {
        moved.add(event.sessionId);
      }
    });
    for (const sessionId of ['first', 'second']) {
      pool.media.openSession({
        sessionId,
        roomId: sessionId,
        startedAtMs: Date.now(),
        maxForwardedSpeakers: 0,
      });
    }
    expect(await publish(pool, 'first', 'alice')).toEqual([udpPort]);
    expect(await publish(pool, 'first', 'bob')).toEqual([udpPort]);
    expect(await publish(pool, 'second', 'carol')).toEqual([udpPort + 1]);

    process.kill(pool.pidOf('second') ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(moved).toEqual(new Set(['second'])), timeout);
    expect(await publish(pool, 'second', 'carol')).toEqual([udpPort + 1]);
  });
});
