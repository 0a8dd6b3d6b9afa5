import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { LossyLink, type LinkConditions, type LinkCounts } from './lossy-link.ts';
import { seededRandom } from './seeded-random.ts';

export type RelayAddress = { address: string; port: number };

export type RelayDirection = 'towards-target' | 'towards-client';

export type RelayOptions = LinkConditions & {
  /** Where datagrams of clients go. */
  target: RelayAddress;
  /** The same seed loses the same datagrams of the same traffic. */
  seed?: number;
  /** Conditions of one direction, where they differ. */
  towardsTarget?: LinkConditions;
  towardsClient?: LinkConditions;
};

export type RelayCounts = { towardsTarget: LinkCounts; towardsClient: LinkCounts; clients: number };

/** A bad network between clients and one UDP port. */
export type Relay = AsyncDisposable &
  RelayAddress & {
    readonly target: RelayAddress;
    counts(): RelayCounts;
    /** For both directions, or for one. */
    setConditions(conditions: LinkConditions, direction?: RelayDirection): void;
    /** Nothing passes any more, in either direction or in one, as when a cable is pulled. */
    block(direction?: RelayDirection): void;
    unblock(direction?: RelayDirection): void;
    /** Loses RTP packets with these numbers, each the first `times` that it comes by. */
    loseSequenceNumbers(
      direction: RelayDirection,
      sequenceNumbers: readonly number[],
      options?: { times?: number; ssrc?: number; payloadType?: number },
    ): void;
    /** The target sees clients come from new ports from now on, as when a phone changes its network. */
    moveClients(): void;
    /** Idempotent. */
    close(): Promise<void>;
  };

const LOOPBACK = '127.0.0.1';
/** Room for a burst (a keyframe), so that the relay itself loses nothing. The kernel may grant less. */
const SOCKET = { type: 'udp4', recvBufferSize: 4_000_000, sendBufferSize: 4_000_000 } as const;

/** Listens on a free UDP port of 127.0.0.1 and passes datagrams between whoever writes to it and the target. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { target, seed = 1, towardsTarget, towardsClient, ...both } = options;
  const links = {
    // Two generators, so that traffic one way does not shift the losses of the other.
    'towards-target': new LossyLink({ ...both, ...towardsTarget }, seededRandom(seed)),
    'towards-client': new LossyLink({ ...both, ...towardsClient }, seededRandom(seed + 1)),
  };
  const front = createSocket(SOCKET);
  const upstreams = new Map<string, Socket>();
  const clients = new Set<string>();
  let isClosed = false;

  const upstreamFor = (client: RelayAddress): Socket => {
    const key = `${client.address}:${client.port}`;
    const known = upstreams.get(key);
    if (known !== undefined) {
      return known;
    }
    const upstream = createSocket(SOCKET);
    upstreams.set(key, upstream);
    clients.add(key);
    upstream.on('message', (datagram) => {
      links['towards-client'].send(datagram, (arrived) => {
        if (!isClosed) {
          front.send(arrived, client.port, client.address);
        }
      });
    });
    upstream.bind(0, LOOPBACK);
    return upstream;
  };

  front.on('message', (datagram, client) => {
    links['towards-target'].send(datagram, (arrived) => {
      if (!isClosed) {
        upstreamFor(client).send(arrived, target.port, target.address);
      }
    });
  });
  front.bind(0, LOOPBACK);
  await once(front, 'listening');

  const chosen = (direction: RelayDirection | undefined): LossyLink[] =>
    direction === undefined ? Object.values(links) : [links[direction]];
  const closeUpstreams = async (): Promise<void> => {
    const sockets = [...upstreams.values()];
    upstreams.clear();
    await Promise.all(sockets.map(closeSocket));
  };
  const closeAll = async (): Promise<void> => {
    isClosed = true;
    for (const link of Object.values(links)) {
      link.close();
    }
    await Promise.all([closeSocket(front), closeUpstreams()]);
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());

  return {
    address: LOOPBACK,
    port: front.address().port,
    target,
    counts: () => ({
      towardsTarget: { ...links['towards-target'].counts },
      towardsClient: { ...links['towards-client'].counts },
      clients: clients.size,
    }),
    setConditions: (conditions, direction) => {
      for (const link of chosen(direction)) {
        link.setConditions(conditions);
      }
    },
    block: (direction) => {
      for (const link of chosen(direction)) {
        link.isBlocked = true;
      }
    },
    unblock: (direction) => {
      for (const link of chosen(direction)) {
        link.isBlocked = false;
      }
    },
    loseSequenceNumbers: (direction, sequenceNumbers, { times = 1, ssrc, payloadType } = {}) => {
      const left = new Map(sequenceNumbers.map((sequenceNumber) => [sequenceNumber, times]));
      links[direction].loseOnDemand((header) => {
        const remaining = left.get(header.sequenceNumber) ?? 0;
        const isMeant =
          remaining > 0 &&
          (ssrc === undefined || ssrc === header.ssrc) &&
          (payloadType === undefined || payloadType === header.payloadType);
        if (isMeant) {
          left.set(header.sequenceNumber, remaining - 1);
        }
        return isMeant;
      });
    },
    moveClients: () => void closeUpstreams(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
