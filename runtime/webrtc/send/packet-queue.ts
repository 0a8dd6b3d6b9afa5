import { noExtensions } from '../rtp/header-extensions.ts';
import type { ExtensionIds } from '../rtp/header-extensions.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { copyOutgoingHeader, mediaSequence, newOutgoingHeader } from './packet-sender.ts';
import type { OutgoingHeader } from './packet-sender.ts';

/** A packet that waits. The received packet is shared, the numbers are its own. */
export type QueuedPacket<Owner> = {
  /** `undefined`, and the packet too, once it was dropped. */
  owner: Owner | undefined;
  packet: RtpPacket | undefined;
  readonly header: OutgoingHeader;
  from: ExtensionIds;
  to: ExtensionIds;
  bytes: number;
  queuedMs: number;
};

const firstCapacity = 64;

/** A queue of packets in a ring of entries that are used again. It grows as needed up to its bound. */
export class PacketQueue<Owner> {
  readonly #maxPackets: number;
  #entries: QueuedPacket<Owner>[] = [];
  #head = 0;
  #size = 0;

  /** @param maxPackets a power of two of at least 64 */
  constructor(maxPackets: number) {
    this.#maxPackets = maxPackets;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.#maxPackets;
  }

  /** The one that has waited longest. */
  get first(): QueuedPacket<Owner> | undefined {
    return this.#size === 0 ? undefined : this.#entries[this.#head];
  }

  /** Not when {@link isFull}. */
  add(
    owner: Owner,
    packet: RtpPacket,
    header: OutgoingHeader,
    from: ExtensionIds,
    to: ExtensionIds,
    bytes: number,
    nowMs: number,
  ): void {
    if (this.#size === this.#entries.length) {
      this.#grow();
    }
    const entry = this.#entries[(this.#head + this.#size) & (this.#entries.length - 1)];
    if (entry === undefined) {
      throw new RangeError(`A queue of ${this.#maxPackets} packets takes no more.`);
    }
    this.#size++;
    entry.owner = owner;
    entry.packet = packet;
    copyOutgoingHeader(header, entry.header);
    entry.from = from;
    entry.to = to;
    entry.bytes = bytes;
    entry.queuedMs = nowMs;
  }

  /** Whether something waits already that brings the packet of this number. */
  has(owner: Owner, sequence: number): boolean {
    for (let i = 0; i < this.#size; i++) {
      const entry = this.#entries[(this.#head + i) & (this.#entries.length - 1)];
      if (entry?.owner === owner && mediaSequence(entry.header) === sequence) {
        return true;
      }
    }
    return false;
  }

  /** Takes the first one off; its entry is free for the next. */
  removeFirst(): void {
    const entry = this.first;
    if (entry !== undefined) {
      entry.packet = undefined;
      entry.owner = undefined;
      this.#head = (this.#head + 1) & (this.#entries.length - 1);
      this.#size--;
    }
  }

  /**
   * Drops packets of one owner.
   *
   * @param isUnwanted asked for each, in the order of the queue.
   */
  drop(owner: Owner, isUnwanted: (entry: QueuedPacket<Owner>) => boolean): void {
    for (let i = 0; i < this.#size; i++) {
      const entry = this.#entries[(this.#head + i) & (this.#entries.length - 1)];
      if (entry?.owner === owner && isUnwanted(entry)) {
        entry.packet = undefined;
        entry.owner = undefined;
      }
    }
  }

  clear(): void {
    while (this.#size > 0) {
      this.removeFirst();
    }
  }

  #grow(): void {
    const capacity = Math.min(this.#maxPackets, Math.max(firstCapacity, this.#entries.length * 2));
    const grown: QueuedPacket<Owner>[] = [];
    for (let i = 0; i < capacity; i++) {
      const kept = i < this.#size ? this.#entries[(this.#head + i) & (this.#entries.length - 1)] : undefined;
      grown.push(
        kept ?? {
          owner: undefined,
          packet: undefined,
          header: newOutgoingHeader(),
          from: noExtensions,
          to: noExtensions,
          bytes: 0,
          queuedMs: 0,
        },
      );
    }
    this.#entries = grown;
    this.#head = 0;
  }
}
