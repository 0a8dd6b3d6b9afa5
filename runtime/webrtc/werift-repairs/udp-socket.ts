import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { RoomflowError } from '../../contract/index.ts';

/** What werift's ICE calls on a transport; its own `UdpTransport` has the same members. */
export type IceSocket = {
  readonly type: 'udp';
  readonly address: { address: string; port: number; family: string };
  readonly addressFamily: 4 | 6;
  readonly host: string;
  readonly port: number;
  closed: boolean;
  onData: (data: Buffer, address: readonly [string, number]) => void;
  send: (data: Buffer, address?: readonly [string, number]) => Promise<void>;
  close: () => Promise<void>;
};

/** Addresses of ICE candidates are literals: a look-up would only cost a tick per packet. */
function literalLookup(
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, address, isIPv6(address) ? 6 : 4);
}

/**
 * The UDP socket under one ICE connection. It takes the place of werift's, which dies of an unhandled
 * `error` event when a port of the range is taken between probing and binding, and which wraps each packet
 * in promises. Media datagrams bypass ICE and go straight to `onMedia`.
 */
export class UdpSocket implements IceSocket {
  readonly type = 'udp';
  readonly addressFamily: 4 | 6;
  readonly host: string;
  readonly port: number;
  closed = false;
  onData: (data: Buffer, address: readonly [string, number]) => void = () => undefined;
  /** RTP and RTCP, by the first byte (RFC 7983). */
  onMedia: (data: Buffer) => void = () => undefined;
  /** Datagrams that made ICE or DTLS throw, and socket errors. */
  faults = 0;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, family, port } = socket.address();
    this.host = address;
    this.port = port;
    this.addressFamily = family === 'IPv6' ? 6 : 4;
    socket.on('error', () => {
      this.faults++;
    });
    socket.on('message', (data, from) => {
      const first = data[0] ?? 0;
      try {
        if (first > 127 && first < 192) {
          this.onMedia(data);
        } else {
          const scope = from.address.indexOf('%');
          this.onData(data, [scope < 0 ? from.address : from.address.slice(0, scope), from.port]);
        }
      } catch {
        // Whatever a stranger sends must not reach the process: it is counted.
        this.faults++;
      }
    });
  }

  /**
   * Binds to `address` on a free port, of `portRange` when given: from a random place on, so that peers
   * and processes rarely meet.
   *
   * @throws RoomflowError `port-in-use` when the range has no free port.
   */
  static async bind(address: string, portRange?: readonly [number, number]): Promise<UdpSocket> {
    if (portRange === undefined) {
      return new UdpSocket(await bindSocket(address, 0));
    }
    const [minPort, maxPort] = portRange;
    const count = maxPort - minPort + 1;
    const start = Math.floor(Math.random() * count);
    for (let i = 0; i < count; i++) {
      const port = minPort + ((start + i) % count);
      try {
        return new UdpSocket(await bindSocket(address, port));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
          throw error;
        }
      }
    }
    throw new RoomflowError(
      'port-in-use',
      `No free UDP port between ${minPort} and ${maxPort} on ${address}. Widen the UDP port range.`,
    );
  }

  get address(): { address: string; port: number; family: string } {
    return this.#socket.address();
  }

  send = (data: Buffer, address?: readonly [string, number]): Promise<void> => {
    if (!this.closed && address !== undefined) {
      this.sendTo(data, data.length, address[1], address[0]);
    }
    return Promise.resolve();
  };

  /** Sends the first `length` bytes at once, without promise or callback. */
  sendTo(bytes: Buffer, length: number, port: number, address: string): void {
    try {
      this.#socket.send(bytes, 0, length, port, address);
    } catch {
      this.faults++;
    }
  }

  close = (): Promise<void> => {
    if (this.closed) {
      return Promise.resolve();
    }
    this.closed = true;
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  };
}

function bindSocket(address: string, port: number): Promise<Socket> {
  const v6 = isIPv6(address);
  const socket = createSocket({ type: v6 ? 'udp6' : 'udp4', ipv6Only: v6, lookup: literalLookup });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.removeAllListeners('error');
      // Key frames come as bursts of many packets; the kernel's default holds about 200 of them.
      trySetBuffers(socket);
      resolve(socket);
    });
  });
}

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(1 << 20);
    socket.setSendBufferSize(1 << 20);
  } catch {
    // The kernel may cap buffers; its default works, only with less room for bursts.
  }
}
