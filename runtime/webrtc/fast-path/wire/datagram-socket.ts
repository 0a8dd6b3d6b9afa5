import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { tickIfDue } from '../../ticker.ts';
import type { DatagramListener, NativeReceiver, SealingSocket } from '../native/index.ts';
import { isMedia } from './datagram-kind.ts';
import { directSend } from './direct-send.ts';
import type { DirectSender } from './direct-send.ts';
import { flush, gatherDatagrams, sendGathered, sendOrGather } from './outgoing-batch.ts';
import type { SendNow } from './send-now.ts';
import { handleOf, stopReading } from './udp-handle.ts';

/** Key frames come as bursts of many packets; the kernel's default holds about 200 of them. */
const bufferBytes = 1 << 20;

/** Addresses of ICE candidates are literals: a look-up would only cost a tick per packet. */
function literalLookup(
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, address, isIPv6(address) ? 6 : 4);
}

/** A bound UDP socket that sends without promise, callback or look-up, and that no datagram and no error can end. */
export class DatagramSocket {
  readonly address: string;
  readonly port: number;
  readonly addressFamily: 4 | 6;
  /** Errors of the socket, and datagrams that were too long for {@link onTooLong}. */
  faults = 0;
  /** The address is without the scope of a link-local one. Whatever it throws is its own to count. */
  onDatagram: (data: Buffer, address: string, port: number) => void = () => undefined;
  /** A datagram was longer than the native helper takes. */
  onTooLong: () => void = () => this.faults++;
  readonly #socket: Socket;
  readonly #direct: DirectSender;
  readonly #sealing: SealingSocket;
  readonly #stopReceiving: () => void;
  #closed = false;

  private constructor(socket: Socket, receiver: NativeReceiver | undefined) {
    this.#socket = socket;
    this.#direct = directSend(socket);
    this.#sealing = {
      descriptor: this.#direct.descriptor,
      sendNow: this.#sendNow,
      onRefused: () => this.faults++,
    };
    const { address, family, port } = socket.address();
    this.address = address;
    this.port = port;
    this.addressFamily = family === 'IPv6' ? 6 : 4;
    socket.on('error', () => {
      this.faults++;
    });
    const listener: DatagramListener = {
      onDatagram: (data, from, fromPort) => {
        gatherDatagrams();
        try {
          this.onDatagram(data, from, fromPort);
        } finally {
          sendGathered();
        }
        // A handshake goes on in promises, and may come to its end just before the first media.
        return isMedia(data);
      },
      onBatchEnd: tickIfDue,
      onTooLong: () => this.onTooLong(),
      onFault: () => this.faults++,
    };
    this.#stopReceiving = receiveNatively(socket, this.#direct.descriptor, listener, receiver);
    socket.on('message', (data, { address: from, port: fromPort }) => {
      const scope = this.addressFamily === 6 ? from.indexOf('%') : -1;
      listener.onDatagram(data, scope < 0 ? from : from.slice(0, scope), fromPort);
      listener.onBatchEnd();
    });
  }

  /**
   * Binds to `address` on `port`, or on a free one when it is 0. Rejects with the error of the system.
   *
   * @param receiver takes what comes, where it can, instead of Node.
   */
  static async bind(address: string, port: number, receiver?: NativeReceiver): Promise<DatagramSocket> {
    return new DatagramSocket(await bindSocket(address, port), receiver);
  }

  /** Sends the first `length` bytes. What the kernel cannot take is lost, as on the way. */
  send(bytes: Buffer, length: number, port: number, address: string): void {
    sendOrGather(this.#sendNow, bytes, length, port, address);
  }

  /** This socket for the helper to send from; `undefined` while it must not, or cannot. */
  get sealing(): SealingSocket | undefined {
    return this.#closed || this.#direct.descriptor < 0 || this.#direct.isFull() ? undefined : this.#sealing;
  }

  readonly #sendNow: SendNow = (bytes, length, port, address) => {
    if (this.#closed) {
      return;
    }
    try {
      this.#direct.send(bytes, length, port, address);
    } catch {
      this.faults++;
    }
  };

  /** Frees the port at once. */
  close(): Promise<void> {
    // The number of a closed socket may be another's in no time.
    flush();
    this.#closed = true;
    this.#stopReceiving();
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }
}

/** @returns a function that ends it, which does nothing where Node receives. */
function receiveNatively(
  socket: Socket,
  descriptor: number,
  listener: DatagramListener,
  receiver: NativeReceiver | undefined,
): () => void {
  const handle = receiver === undefined ? undefined : handleOf(socket);
  if (receiver === undefined || handle === undefined || descriptor < 0) {
    return () => undefined;
  }
  let stop: () => void;
  try {
    stop = receiver.receive(descriptor, listener);
  } catch {
    // No descriptor is left, or it is forbidden: Node goes on to receive, as it does without the helper.
    return () => undefined;
  }
  if (!stopReading(handle)) {
    stop();
  }
  return stop;
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
      trySetBuffers(socket);
      resolve(socket);
    });
  });
}

function trySetBuffers(socket: Socket): void {
  try {
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
  } catch {
    // The kernel may cap buffers; its default works, only with less room for bursts.
  }
}
