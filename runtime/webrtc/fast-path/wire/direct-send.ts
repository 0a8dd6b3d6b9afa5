import type { Socket } from 'node:dgram';
import { renewPacketSlots } from '../srtp/packet-slot.ts';
import { descriptorOf, handleOf, memberOf } from './udp-handle.ts';
import type { SendRequest, UdpHandle } from './udp-handle.ts';

/** Sends the first `length` bytes of `bytes` to a literal address. Throws at most what dgram throws. */
export type SendDatagram = (bytes: Buffer, length: number, port: number, address: string) => void;

/** How to send from one socket. */
export type DirectSender = {
  readonly send: SendDatagram;
  /** The system's number of the socket, for who reads or sends outside of Node; -1 where there is none. */
  readonly descriptor: number;
  /** Whether datagrams wait for the kernel, which others must not overtake. */
  isFull(): boolean;
};

type SendRequestClass = new () => SendRequest;

/** How many datagrams wait for the kernel before further ones are lost, as they are in a queue on the way. */
const mostWaiting = 1024;

/**
 * How to send from this bound socket at the least cost: with the call of Node's handle that `dgram` ends in, without
 * the checks, closures, objects and the look-up on its way there. Node keeps the handle to itself, so it is
 * looked at once whether it is what is expected; if it is not, this is `socket.send`. The bytes are the caller's again
 * at once; when the kernel has no room for the first time, packets to come get other slots instead.
 *
 * @param socket bound, with a `lookup` that answers at once.
 */
export function directSend(socket: Socket): DirectSender {
  const handle = handleOf(socket);
  const Request = handle === undefined ? undefined : requestClassOf(socket, handle);
  if (handle === undefined || Request === undefined) {
    return {
      send: (bytes, length, port, address) =>
        socket.send(Buffer.from(bytes.subarray(0, length)), port, address),
      descriptor: -1,
      isFull: () => false,
    };
  }
  let request = new Request();
  let list: Uint8Array[] = [];
  let isFull = false;
  const send: SendDatagram = (bytes, length, port, address) => {
    let datagram = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
    if (isFull) {
      const waiting = socket.getSendQueueCount();
      if (waiting >= mostWaiting) {
        return;
      }
      isFull = waiting > 0;
      // It will be sent when the memory it came in holds another one.
      datagram = datagram.slice();
    }
    list[0] = datagram;
    // Above 0 the kernel has it, below 0 it has refused it, and at 0 the handle keeps the request until the kernel takes it.
    const result = handle.send(request, list, 1, port, address, false);
    if (result <= 0) {
      if (result === 0 && !isFull) {
        isFull = true;
        renewPacketSlots();
      }
      request.list = list;
      request = new Request();
      list = [];
    }
  };
  return {
    send,
    descriptor: descriptorOf(handle),
    isFull: () => isFull,
  };
}

/** The class of Node's requests: of a first one, which is caught on its way and sends nothing. */
function requestClassOf(socket: Socket, handle: UdpHandle): SendRequestClass | undefined {
  const { family, port } = socket.address();
  const address = family === 'IPv6' ? '::1' : '127.0.0.1';
  const { send } = handle;
  let given: readonly unknown[] = [];
  const caught = Reflect.set(handle, 'send', (...values: readonly unknown[]) => {
    given = values;
    return 2;
  });
  if (!caught) {
    return undefined;
  }
  try {
    socket.send(Buffer.alloc(1), 0, 1, port, address);
  } finally {
    handle.send = send;
  }
  const [request, list, ...rest] = given;
  const asExpected =
    Array.isArray(list) &&
    list[0] instanceof Uint8Array &&
    JSON.stringify(rest) === JSON.stringify([1, port, address, false]);
  const Request = asExpected ? memberOf(request, 'constructor') : undefined;
  return isRequestClass(Request) ? Request : undefined;
}

function isRequestClass(value: unknown): value is SendRequestClass {
  return typeof value === 'function' && value.name === 'SendWrap';
}
