import type { SealingSocket } from '../native/index.ts';
import { stunClass } from './datagram-kind.ts';
import { deliver } from './peer-socket.ts';
import type { PeerSocket, RemoteAddress } from './peer-socket.ts';
import type { SharedPort } from './shared-port.ts';

/** One peer's share of a {@link SharedPort}. */
export class SharedSocket implements PeerSocket {
  readonly type = 'udp';
  readonly addressFamily: 4 | 6;
  readonly host: string;
  readonly port: number;
  closed = false;
  onData: (data: Buffer, address: RemoteAddress) => void = () => undefined;
  onMedia: (data: Buffer) => void = () => undefined;
  faults = 0;
  /** What checks for this peer name it. */
  readonly fragments = new Set<string>();
  readonly #shared: SharedPort;
  readonly #onClosed: () => Promise<void>;

  /** @param onClosed gives the port back. */
  constructor(shared: SharedPort, onClosed: () => Promise<void>) {
    this.#shared = shared;
    this.#onClosed = onClosed;
    const { address, port, addressFamily } = shared.socket;
    this.host = address;
    this.port = port;
    this.addressFamily = addressFamily;
  }

  get address(): { address: string; port: number; family: string } {
    return { address: this.host, port: this.port, family: `IPv${this.addressFamily}` };
  }

  expect(usernameFragment: string): void {
    if (!this.closed) {
      this.fragments.add(usernameFragment);
      this.#shared.expect(usernameFragment, this);
    }
  }

  recognise(from: RemoteAddress): void {
    if (!this.closed) {
      this.#shared.recognise(from, this);
    }
  }

  /** A datagram for this peer. */
  receive(data: Buffer, address: string, port: number): void {
    if (!deliver(this, data, address, port)) {
      this.faults++;
    }
  }

  send = (data: Buffer, address?: RemoteAddress): Promise<void> => {
    if (!this.closed && address !== undefined) {
      if (stunClass(data) === 'request') {
        this.#shared.noteRequest(data, this);
      }
      this.sendTo(data, data.length, address[1], address[0]);
    }
    return Promise.resolve();
  };

  get sealing(): SealingSocket | undefined {
    return this.#shared.socket.sealing;
  }

  sendTo(bytes: Buffer, length: number, port: number, address: string): void {
    this.#shared.socket.send(bytes, length, port, address);
  }

  close = async (): Promise<void> => {
    if (!this.closed) {
      this.closed = true;
      this.#shared.leave(this);
      await this.#onClosed();
    }
  };
}
