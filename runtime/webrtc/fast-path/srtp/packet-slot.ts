/**
 * Memory for one outgoing packet, aligned so that it can be encrypted in words. Slots are taken in turn
 * from a ring: the system call usually copies the bytes at once, and when the socket is full the slot stays
 * untouched for the next 255 packets.
 */
export type PacketSlot = { readonly bytes: Buffer; readonly words: Uint32Array };

/** The largest datagram that is taken or made. */
export const maxDatagramBytes = 2048;
const slotCount = 256;

const slots: PacketSlot[] = [];
let next = 0;

/** The largest packet that fits a slot with the authentication tag of any profile. */
export const maxPacketBytes = maxDatagramBytes - 16;

/** The next slot of the ring. */
export function takePacketSlot(): PacketSlot {
  if (slots.length === 0) {
    const memory = new ArrayBuffer(maxDatagramBytes * slotCount);
    for (let i = 0; i < slotCount; i++) {
      slots.push({
        bytes: Buffer.from(memory, i * maxDatagramBytes, maxDatagramBytes),
        words: new Uint32Array(memory, i * maxDatagramBytes, maxDatagramBytes / 4),
      });
    }
  }
  const slot = slots[next] as PacketSlot;
  next = (next + 1) % slotCount;
  return slot;
}
