import type { EncodedFrame } from '../frame.ts';
import { createH264Packetizer } from './h264.ts';
import { createOpusPacketizer } from './opus.ts';
import type { Packetizer } from './packetizer.ts';
import { createVp8Packetizer } from './vp8.ts';

export { MOST_PAYLOAD_BYTES } from './packetizer.ts';
export type { Packetizer } from './packetizer.ts';

/** Codecs that are sent on as RTP. */
export type PacketizedCodec = 'opus' | 'vp8' | 'h264';

const factories: Record<PacketizedCodec, () => Packetizer> = {
  opus: createOpusPacketizer,
  vp8: () => createVp8Packetizer(),
  h264: createH264Packetizer,
};

export const isPacketized = (codec: EncodedFrame['codec']): codec is PacketizedCodec =>
  Object.hasOwn(factories, codec);

export const createPacketizer = (codec: PacketizedCodec): Packetizer => factories[codec]();
