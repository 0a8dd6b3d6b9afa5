/** The packet path of our own: SRTP at the cost of native servers (RFC 3711). */
export { FastPath } from './fast-path.ts';
export { maxPacketBytes, takePacketSlot } from './srtp/packet-slot.ts';
export type { PacketSlot } from './srtp/packet-slot.ts';
