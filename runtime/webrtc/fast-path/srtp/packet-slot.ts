/** Memory for one outgoing packet, aligned so that it can be encrypted in words. */
export type PacketSlot = { readonly bytes: Buffer; readonly words: Uint32Array };

/** The largest datagram that is taken or made. */
export const maxDatagramBytes = 2048;

/** The largest packet that fits a slot with the authentication tag of any profile. */
export const maxPacketBytes = maxDatagramBytes - 16;

/** Slots that are taken in turn. */
export class PacketSlots {
  readonly #count: number;
  #slots: PacketSlot[] = [];
  #next = 0;

  /** @param count how many packets may be under way at a time */
  constructor(count: number) {
    this.#count = count;
  }

  /** The slot whose turn it is. */
  get current(): PacketSlot {
    if (this.#slots.length === 0) {
      this.#slots = slotsOf(this.#count);
    }
    return this.#slots[this.#next] as PacketSlot;
  }

  /** The next slot has its turn. */
  advance(): void {
    this.#next = (this.#next + 1) % this.#count;
  }

  /** A slot that stays as it is until all others were taken. */
  take(): PacketSlot {
    const slot = this.current;
    this.advance();
    return slot;
  }

  /** Leaves the memory to whoever still holds a part of it; packets to come get another one. */
  renew(): void {
    this.#slots = [];
  }
}

function slotsOf(count: number): PacketSlot[] {
  const memory = new ArrayBuffer(maxDatagramBytes * count);
  return Array.from({ length: count }, (_, i) => ({
    bytes: Buffer.from(memory, i * maxDatagramBytes, maxDatagramBytes),
    words: new Uint32Array(memory, i * maxDatagramBytes, maxDatagramBytes / 4),
  }));
}

/** The most packets that are gathered before they are sent. */
export const mostGathered = 16;

/** Few enough to stay in the cache, twice as many as are gathered. */
const outgoing = new PacketSlots(2 * mostGathered);

/** The slot for a packet that is sent next, the same one until {@link keepPacketSlot}: the kernel copies it. */
export function takePacketSlot(): PacketSlot {
  return outgoing.current;
}

/** What stands in the slot is not sent yet: it has to stay as it is while others are taken. */
export function keepPacketSlot(): void {
  outgoing.advance();
}

/** The kernel had no room for a packet: its memory is needed for longer. */
export function renewPacketSlots(): void {
  outgoing.renew();
}
