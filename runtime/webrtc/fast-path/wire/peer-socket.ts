import type { SealingSocket } from '../native/index.ts';
import { isMedia } from './datagram-kind.ts';

/** An address and its port, as werift's ICE hands them around. */
export type RemoteAddress = readonly [address: string, port: number];

/** What werift's ICE calls on a transport; its own `UdpTransport` has the same members. */
export type IceSocket = {
  readonly type: 'udp';
  readonly address: { address: string; port: number; family: string };
  readonly addressFamily: 4 | 6;
  readonly host: string;
  readonly port: number;
  closed: boolean;
  onData: (data: Buffer, address: RemoteAddress) => void;
  send: (data: Buffer, address?: RemoteAddress) => Promise<void>;
  close: () => Promise<void>;
};

/** The UDP socket under one ICE connection: its own, or its share of a port that peers have in common. */
export type PeerSocket = IceSocket & {
  /** RTP and RTCP, by the first byte (RFC 7983). They bypass ICE. */
  onMedia: (data: Buffer) => void;
  /** Datagrams that made ICE or DTLS throw, and socket errors. */
  readonly faults: number;
  /** Sends the first `length` bytes at once, without promise or callback. */
  sendTo(bytes: Buffer, length: number, port: number, address: string): void;
  /** The socket for the helper to send from; `undefined` while it must not, or cannot. */
  readonly sealing: SealingSocket | undefined;
  /** From now on connectivity checks for this username fragment (RFC 8445 section 5.3) are for this peer. */
  expect(usernameFragment: string): void;
  /** A check with this peer's password has come from there: what else comes from there is the peer's. */
  recognise(from: RemoteAddress): void;
};

/**
 * Hands a datagram to its peer.
 *
 * @returns false when that threw: whatever a stranger sends must not reach the process, and is for the socket to count.
 */
export function deliver(
  peer: Pick<PeerSocket, 'onMedia' | 'onData'>,
  data: Buffer,
  address: string,
  port: number,
): boolean {
  try {
    if (isMedia(data)) {
      peer.onMedia(data);
    } else {
      peer.onData(data, [address, port]);
    }
    return true;
  } catch {
    return false;
  }
}
