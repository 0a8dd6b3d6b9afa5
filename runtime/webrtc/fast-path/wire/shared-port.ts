import { RoomflowError } from '../../../contract/index.ts';
import { nowMs } from '../../clock.ts';
import type { NativeReceiver } from '../native/index.ts';
import { checkedFragment, stunClass, stunTransaction } from './datagram-kind.ts';
import { DatagramSocket } from './datagram-socket.ts';
import type { RemoteAddress } from './peer-socket.ts';
import type { SharedSocket } from './shared-socket.ts';

/** A peer that has not proved for so long that it is at an address gives it up to another that does. */
const proofLifetimeMs = 15_000;
/** Longer than werift repeats a check; transactions that got no answer are forgotten after one to two of these. */
const transactionLifetimeMs = 30_000;

/** Whose datagrams come from an address, and when that was proved last; 0 for what only an answer tells. */
type Claim = { peer: SharedSocket; provedAtMs: number };

/**
 * One UDP port for all peers of a process. A datagram belongs to the peer that has proved to be where it comes
 * from; a first connectivity check to the peer whose username fragment it names, an answer to the peer that has
 * asked. What belongs to nobody is refused and counted.
 */
export class SharedPort {
  readonly socket: DatagramSocket;
  readonly #onRefused: () => void;
  /** By username fragment. Fragments are random and can be the same; a password tells who is meant. */
  readonly #expected = new Map<string, Set<SharedSocket>>();
  /** By remote address, then by port: no key is put together for a packet. */
  readonly #claims = new Map<string, Map<number, Claim>>();
  #transactions = new Map<string, SharedSocket>();
  #olderTransactions = new Map<string, SharedSocket>();
  #transactionsSinceMs = 0;

  private constructor(socket: DatagramSocket, onRefused: () => void) {
    this.socket = socket;
    this.#onRefused = onRefused;
    socket.onDatagram = (data, address, port) => this.#receive(data, address, port);
    socket.onTooLong = onRefused;
  }

  /**
   * @param onRefused a datagram belonged to nobody, or was too long for `receiver`.
   * @param receiver takes what comes, where it can, instead of Node.
   * @throws RoomflowError `port-in-use` when another process has the port.
   */
  static async bind(
    address: string,
    port: number,
    onRefused: () => void,
    receiver?: NativeReceiver,
  ): Promise<SharedPort> {
    try {
      return new SharedPort(await DatagramSocket.bind(address, port, receiver), onRefused);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw error;
      }
      throw new RoomflowError(
        'port-in-use',
        `The UDP port ${port} is taken on ${address}. Choose another udpPort, or end the program that has it.`,
        { cause: error },
      );
    }
  }

  expect(usernameFragment: string, peer: SharedSocket): void {
    const peers = this.#expected.get(usernameFragment);
    if (peers === undefined) {
      this.#expected.set(usernameFragment, new Set([peer]));
    } else {
      peers.add(peer);
    }
  }

  /** Notes that `peer` is at this address, unless another has proved lately that it is. */
  recognise([address, port]: RemoteAddress, peer: SharedSocket): void {
    const now = nowMs();
    const claim = this.#claims.get(address)?.get(port);
    if (claim !== undefined && claim.peer !== peer && now - claim.provedAtMs < proofLifetimeMs) {
      // A participant must not take another's packets away by checks with a forged sender.
      this.#onRefused();
      return;
    }
    this.#claim(address, port, peer, now);
  }

  /** Notes who asks, so that the answer finds it. */
  noteRequest(data: Buffer, peer: SharedSocket): void {
    const now = nowMs();
    if (now - this.#transactionsSinceMs > transactionLifetimeMs) {
      this.#transactionsSinceMs = now;
      this.#olderTransactions = this.#transactions;
      this.#transactions = new Map();
    }
    this.#transactions.set(stunTransaction(data), peer);
  }

  leave(peer: SharedSocket): void {
    for (const fragment of peer.fragments) {
      const peers = this.#expected.get(fragment);
      peers?.delete(peer);
      if (peers?.size === 0) {
        this.#expected.delete(fragment);
      }
    }
    for (const [address, ports] of this.#claims) {
      for (const [port, claim] of ports) {
        if (claim.peer === peer) {
          ports.delete(port);
        }
      }
      if (ports.size === 0) {
        this.#claims.delete(address);
      }
    }
    for (const transactions of [this.#transactions, this.#olderTransactions]) {
      for (const [transaction, asker] of transactions) {
        if (asker === peer) {
          transactions.delete(transaction);
        }
      }
    }
  }

  #receive(data: Buffer, address: string, port: number): void {
    const first = data[0] ?? 0;
    const owner = first > 3 ? this.#claims.get(address)?.get(port)?.peer : undefined;
    if (owner !== undefined) {
      owner.receive(data, address, port);
    } else if (!this.#receiveStun(data, address, port)) {
      this.#onRefused();
    }
  }

  /** @returns false when it is no message for anybody. */
  #receiveStun(data: Buffer, address: string, port: number): boolean {
    const kind = stunClass(data);
    if (kind === 'request') {
      const fragment = checkedFragment(data);
      const peers = fragment === undefined ? undefined : this.#expected.get(fragment);
      for (const peer of peers ?? []) {
        peer.receive(data, address, port);
      }
      return peers !== undefined;
    }
    if (kind !== 'success' && kind !== 'error') {
      return false;
    }
    const transaction = stunTransaction(data);
    const asker = this.#transactions.get(transaction) ?? this.#olderTransactions.get(transaction);
    if (asker === undefined) {
      return false;
    }
    if (kind === 'success' && this.#claims.get(address)?.get(port) === undefined) {
      // Peers that only answer (ICE lite) never prove where they are; their media comes from where they answer.
      this.#claim(address, port, asker, 0);
    }
    asker.receive(data, address, port);
    return true;
  }

  #claim(address: string, port: number, peer: SharedSocket, provedAtMs: number): void {
    let ports = this.#claims.get(address);
    if (ports === undefined) {
      ports = new Map();
      this.#claims.set(address, ports);
    }
    ports.set(port, { peer, provedAtMs });
  }
}
