import type { Packetizer } from './packetizer.ts';

/** Opus: a packet is a payload (RFC 7587 section 4.2). */
export const createOpusPacketizer = (): Packetizer => (frame, emit) => {
  emit(frame.data, false);
};
