import type { Socket } from 'node:dgram';

/** What Node gives to its handle with each datagram; it holds the bytes while they wait for the kernel. */
export type SendRequest = { list?: readonly Uint8Array[] };

/**
 * The handle under a UDP socket of Node's, as `dgram` calls it. Node keeps it to itself: whatever is used of it is
 * looked at first.
 */
export type UdpHandle = {
  /** The system's number of the socket, where it has one. */
  readonly fd?: unknown;
  send: (
    request: SendRequest,
    list: readonly Uint8Array[],
    count: number,
    port: number,
    address: string,
    hasCallback: boolean,
  ) => number;
  /** From then on the socket is not read from. */
  readonly recvStop?: unknown;
};

/** The handle of this bound socket, if it is what is expected. */
export function handleOf(socket: Socket): UdpHandle | undefined {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'state symbol',
  );
  const handle = symbol === undefined ? undefined : memberOf(Reflect.get(socket, symbol), 'handle');
  return isHandle(handle) ? handle : undefined;
}

/** The system's number of the socket; -1 where it has none. */
export function descriptorOf({ fd }: UdpHandle): number {
  return typeof fd === 'number' ? fd : -1;
}

/**
 * Leaves what comes to the socket to another reader.
 *
 * @returns false where Node goes on to read it.
 */
export function stopReading(handle: UdpHandle): boolean {
  const { recvStop } = handle;
  return typeof recvStop === 'function' && Reflect.apply(recvStop, handle, []) === 0;
}

function isHandle(value: unknown): value is UdpHandle {
  return typeof memberOf(value, 'send') === 'function';
}

/** A member of what may be anything. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
