/** The packet path of our own: SRTP at the cost of native servers (RFC 3711, RFC 7714). */
export { FastPath } from './fast-path.ts';
export { nativeHelper } from './native/index.ts';
export type { NativeSession } from './native/index.ts';
export { maxPacketBytes, PacketSlots, takePacketSlot } from './srtp/packet-slot.ts';
export type { PacketSlot } from './srtp/packet-slot.ts';
export { ReplayWindow } from './srtp/replay-window.ts';
export { SrtcpSession, weriftSrtcp } from './srtp/srtcp-session.ts';
export { StreamsBySsrc } from './srtp/streams-by-ssrc.ts';
export * from './wire/index.ts';
