/**
 * Memory for one outgoing packet, aligned so that it can be encrypted in words. Slots are taken in turn
 * from a ring: the system call usually copies the bytes at once, and when the socket is full the slot stays
 * untouched for the next 255 packets.
 */
export type PacketSlot = { readonly bytes: Buffer; readonly words: Uint32Array };

const slotBytes = 2048;
const slotCount = 256;

const slots: PacketSlot[] = [];
let next = 0;

/** The largest packet that fits a slot with its authentication tag. */
export const maxPacketBytes = slotBytes - 16;

/** The next slot of the ring. */
export function takePacketSlot(): PacketSlot {
  if (slots.length === 0) {
    const memory = new ArrayBuffer(slotBytes * slotCount);
    for (let i = 0; i < slotCount; i++) {
      slots.push({
        bytes: Buffer.from(memory, i * slotBytes, slotBytes),
        words: new Uint32Array(memory, i * slotBytes, slotBytes / 4),
      });
    }
  }
  const slot = slots[next] as PacketSlot;
  next = (next + 1) % slotCount;
  return slot;
}
