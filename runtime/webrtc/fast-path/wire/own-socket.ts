import { RoomflowError } from '../../../contract/index.ts';
import type { NativeReceiver, SealingSocket } from '../native/index.ts';
import { DatagramSocket } from './datagram-socket.ts';
import { deliver } from './peer-socket.ts';
import type { PeerSocket, RemoteAddress } from './peer-socket.ts';

/**
 * A UDP socket that one peer has for itself. It takes the place of werift's, which dies of an unhandled
 * `error` event when a port of the range is taken between probing and binding, and which wraps each packet
 * in promises.
 */
export class OwnSocket implements PeerSocket {
  readonly type = 'udp';
  readonly addressFamily: 4 | 6;
  readonly host: string;
  readonly port: number;
  closed = false;
  onData: (data: Buffer, address: RemoteAddress) => void = () => undefined;
  onMedia: (data: Buffer) => void = () => undefined;
  readonly #socket: DatagramSocket;
  #faults = 0;

  private constructor(socket: DatagramSocket) {
    this.#socket = socket;
    this.host = socket.address;
    this.port = socket.port;
    this.addressFamily = socket.addressFamily;
    socket.onDatagram = (data, address, port) => {
      if (!deliver(this, data, address, port)) {
        this.#faults++;
      }
    };
  }

  /**
   * Binds to `address` on a free port, of `portRange` when given: from a random place on, so that peers
   * and processes rarely meet.
   *
   * @param receiver takes what comes, where it can, instead of Node.
   * @throws RoomflowError `port-in-use` when the range has no free port.
   */
  static async bind(
    address: string,
    portRange?: readonly [number, number],
    receiver?: NativeReceiver,
  ): Promise<OwnSocket> {
    if (portRange === undefined) {
      return new OwnSocket(await DatagramSocket.bind(address, 0, receiver));
    }
    const [minPort, maxPort] = portRange;
    const count = maxPort - minPort + 1;
    const start = Math.floor(Math.random() * count);
    for (let i = 0; i < count; i++) {
      const port = minPort + ((start + i) % count);
      try {
        return new OwnSocket(await DatagramSocket.bind(address, port, receiver));
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

  get faults(): number {
    return this.#faults + this.#socket.faults;
  }

  get address(): { address: string; port: number; family: string } {
    return { address: this.host, port: this.port, family: `IPv${this.addressFamily}` };
  }

  /** All that comes to this port is for its peer. */
  expect(): void {}

  recognise(): void {}

  send = (data: Buffer, address?: RemoteAddress): Promise<void> => {
    if (address !== undefined) {
      this.sendTo(data, data.length, address[1], address[0]);
    }
    return Promise.resolve();
  };

  get sealing(): SealingSocket | undefined {
    return this.#socket.sealing;
  }

  sendTo(bytes: Buffer, length: number, port: number, address: string): void {
    this.#socket.send(bytes, length, port, address);
  }

  close = async (): Promise<void> => {
    if (!this.closed) {
      this.closed = true;
      await this.#socket.close();
    }
  };
}
