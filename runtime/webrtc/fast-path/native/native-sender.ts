import type { SrtpSessionKeys } from '../srtp/key-derivation.ts';
import type { PacketSlot } from '../srtp/packet-slot.ts';
import type { SendNow } from '../wire/send-now.ts';
import { loadAddon } from './addon.ts';
import type { Addon } from './addon.ts';

/** Columns of a row and what becomes of it, as `packet-sender.c` has them. */
const columns = 7;
const column = { session: 0, descriptor: 1, offset: 2, headerLength: 3, length: 4, rollOver: 5, outcome: 6 };
const outcomes = { sent: 0, sealed: 1 };
const mostGathered = 16;
const tagBytes = 10;

/** Numbers outgoing packets: {@link SrtpSender}. */
type PacketIndices = {
  /** The 48-bit index of a plain packet (RFC 3711 section 3.3.1); -1 when it must not be sent. */
  indexOf(plain: Buffer): number;
};

/**
 * Encrypts packets (AES_CM_128_HMAC_SHA1_80) and sends them in one call of a native helper: what one incoming packet
 * gives rise to at once. It only does what {@link SrtpSender} and the socket do otherwise, with the same result.
 */
export class NativeSender {
  readonly #addon: Addon;
  readonly #rows = new Int32Array(mostGathered * columns);
  readonly #slots = new Array<PacketSlot | undefined>(mostGathered).fill(undefined);
  readonly #sends = new Array<SendNow | undefined>(mostGathered).fill(undefined);
  readonly #ports = new Uint16Array(mostGathered);
  readonly #addresses = new Array<string>(mostGathered).fill('');
  #memory: Uint8Array = new Uint8Array(0);
  #count = 0;
  /** Packets that were refused: by the kernel, or because their session had ended. */
  refused = 0;

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
   * Takes a plain packet until {@link flush}.
   *
   * @param index of the packet, from the session's indices
   * @param descriptor of the socket that it leaves from
   * @param sendNow sends it when the kernel has no room at that moment
   */
  add(
    session: NativeSession,
    descriptor: number,
    slot: PacketSlot,
    headerLength: number,
    length: number,
    index: number,
    sendNow: SendNow,
    port: number,
    address: string,
  ): void {
    const { bytes } = slot;
    if (this.#memory.buffer !== bytes.buffer) {
      this.flush();
      this.#memory = new Uint8Array(bytes.buffer);
    }
    const at = this.#count * columns;
    const rows = this.#rows;
    rows[at + column.session] = session.id;
    rows[at + column.descriptor] = descriptor;
    rows[at + column.offset] = bytes.byteOffset;
    rows[at + column.headerLength] = headerLength;
    rows[at + column.length] = length;
    rows[at + column.rollOver] = Math.floor(index / 65536) | 0;
    this.#slots[this.#count] = slot;
    this.#sends[this.#count] = sendNow;
    this.#ports[this.#count] = port;
    this.#addresses[this.#count] = address;
    this.#count++;
    if (this.#count === mostGathered) {
      this.flush();
    }
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
      const length = (this.#rows[i * columns + column.length] as number) + tagBytes;
      const slot = this.#slots[i];
      if (outcome === outcomes.sealed && slot !== undefined) {
        this.#sends[i]?.(slot.bytes, length, this.#ports[i] as number, this.#addresses[i] as string);
      } else if (outcome !== outcomes.sent) {
        this.refused++;
      }
    }
  }
}

/** The keys of one peer, and where its packets go, in the helper. */
export class NativeSession {
  readonly id: number;
  readonly tagBytes = tagBytes;
  readonly sender: NativeSender;
  readonly indices: PacketIndices;
  readonly #addon: Addon;
  #address = '';
  #port = 0;
  #isOpen = true;

  constructor(sender: NativeSender, addon: Addon, id: number, indices: PacketIndices) {
    this.sender = sender;
    this.indices = indices;
    this.#addon = addon;
    this.id = id;
  }

  /** Where packets go from now on: those that wait still go where they were to. */
  aim(address: string, port: number): void {
    if (address !== this.#address || port !== this.#port) {
      this.sender.flush();
      this.#addon.aim(this.id, address, port);
      this.#address = address;
      this.#port = port;
    }
  }

  /** Wipes the keys. Its number is another's from then on, so nothing may wait under it. */
  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.sender.flush();
      this.#addon.close(this.id);
    }
  }
}

let loaded: { sender: NativeSender | undefined } | undefined;

/** The one sender of this process; `undefined` where the helper is not for this machine. */
export function nativeSender(): NativeSender | undefined {
  if (loaded === undefined) {
    const addon = loadAddon();
    loaded = { sender: addon === undefined ? undefined : new NativeSender(addon) };
  }
  return loaded.sender;
}
