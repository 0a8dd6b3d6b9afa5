import { SrtpAuthenticator } from '../srtp/authenticator.ts';
import type { SrtpSessionKeys } from '../srtp/key-derivation.ts';
import { mostGathered } from '../srtp/packet-slot.ts';
import type { PacketSlot } from '../srtp/packet-slot.ts';
import type { SendNow } from '../wire/send-now.ts';
import type { Addon } from './addon.ts';

/** Columns of a row and what becomes of it, as `packet-sender.c` has them. */
const columns = 7;
const column = { session: 0, descriptor: 1, offset: 2, headerLength: 3, length: 4, rollOver: 5, outcome: 6 };
const outcomes = { sent: 0, sealed: 1 };

/** Numbers outgoing packets: `SrtpSender`. */
export type PacketIndices = {
  /** The 48-bit index of a plain packet (RFC 3711 section 3.3.1); -1 when it must not be sent. */
  indexOf(plain: Buffer): number;
};

/** The socket that packets leave from. */
export type SealingSocket = {
  readonly descriptor: number;
  /** Sends what the kernel had no room for, when it has. */
  readonly sendNow: SendNow;
  /** The kernel has refused a packet. */
  onRefused(): void;
};

/**
 * Encrypts packets (AES_CM_128_HMAC_SHA1_80) and sends them in one call of a native helper: what one incoming packet
 * gives rise to at once. It only does what `SrtpSender` and the socket do otherwise, with the same result.
 */
export class NativeSender {
  readonly #addon: Addon;
  readonly #rows = new Int32Array(mostGathered * columns);
  readonly #slots = new Array<PacketSlot | undefined>(mostGathered).fill(undefined);
  readonly #sockets = new Array<SealingSocket | undefined>(mostGathered).fill(undefined);
  readonly #sessions = new Array<NativeSession | undefined>(mostGathered).fill(undefined);
  #memory: Uint8Array = new Uint8Array(0);
  #count = 0;

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  /** A session for one peer. Its owner closes it. */
  open(keys: SrtpSessionKeys, indices: PacketIndices): NativeSession {
    const { encryptionKey, authenticationKey, salt } = keys;
    return new NativeSession(
      this,
      this.#addon,
      this.#addon.open(encryptionKey, authenticationKey, salt),
      indices,
    );
  }

  /**
   * Takes a plain packet until {@link flush}; its slot is to stay as it is until then.
   *
   * @param index of the packet, from the session's indices
   */
  add(
    session: NativeSession,
    socket: SealingSocket,
    slot: PacketSlot,
    headerLength: number,
    length: number,
    index: number,
  ): void {
    const { bytes } = slot;
    if (this.#memory.buffer !== bytes.buffer || this.#count === mostGathered) {
      this.flush();
      this.#memory = new Uint8Array(bytes.buffer);
    }
    const at = this.#count * columns;
    const rows = this.#rows;
    rows[at + column.session] = session.id;
    rows[at + column.descriptor] = socket.descriptor;
    rows[at + column.offset] = bytes.byteOffset;
    rows[at + column.headerLength] = headerLength;
    rows[at + column.length] = length;
    rows[at + column.rollOver] = Math.floor(index / 65536) | 0;
    this.#slots[this.#count] = slot;
    this.#sockets[this.#count] = socket;
    this.#sessions[this.#count] = session;
    this.#count++;
  }

  /** Encrypts and sends what was taken, in the order in which it came. */
  flush(): void {
    const count = this.#count;
    if (count === 0) {
      return;
    }
    this.#count = 0;
    if (this.#addon.send(this.#rows, count, this.#memory) > 0) {
      this.#sendRest(count);
    }
  }

  /** What the kernel had no room for waits in the socket, encrypted as it is. */
  #sendRest(count: number): void {
    for (let i = 0; i < count; i++) {
      const outcome = this.#rows[i * columns + column.outcome];
      const length = (this.#rows[i * columns + column.length] as number) + SrtpAuthenticator.tagBytes;
      const slot = this.#slots[i];
      const session = this.#sessions[i];
      if (outcome === outcomes.sealed && slot !== undefined && session !== undefined) {
        this.#sockets[i]?.sendNow(slot.bytes, length, session.port, session.address);
      } else if (outcome !== outcomes.sent) {
        this.#sockets[i]?.onRefused();
      }
    }
  }
}

/** The keys of one peer, and where its packets go, in the helper. */
export class NativeSession {
  readonly tagBytes = SrtpAuthenticator.tagBytes;
  readonly sender: NativeSender;
  readonly indices: PacketIndices;
  readonly #addon: Addon;
  #id: number;
  #address = '';
  #port = 0;
  #isAimed = false;

  constructor(sender: NativeSender, addon: Addon, id: number, indices: PacketIndices) {
    this.sender = sender;
    this.indices = indices;
    this.#addon = addon;
    this.#id = id;
  }

  /** Its number in the helper; -1 when it is closed, which the helper refuses. */
  get id(): number {
    return this.#id;
  }

  get address(): string {
    return this.#address;
  }

  get port(): number {
    return this.#port;
  }

  /**
   * Where packets go from now on: those that wait still go where they were to.
   *
   * @returns false where the helper cannot send to, or when the session is closed.
   */
  aim(address: string, port: number): boolean {
    if (address !== this.#address || port !== this.#port) {
      this.sender.flush();
      this.#isAimed = this.#id >= 0 && this.#addon.aim(this.#id, address, port);
      this.#address = address;
      this.#port = port;
    }
    return this.#isAimed;
  }

  /** Wipes the helper's keys. The number is another's from then on, so nothing may wait under it. */
  close(): void {
    if (this.#id >= 0) {
      this.sender.flush();
      this.#addon.close(this.#id);
      this.#id = -1;
      this.#isAimed = false;
    }
  }
}
