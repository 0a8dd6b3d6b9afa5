import type { EncodedFrame } from '../frame.ts';

/** Bytes of an RTP payload: with its headers it fits any path that carries 1280 (RFC 8200 section 5). */
export const MOST_PAYLOAD_BYTES = 1200;

/** Cuts frames of one stream into RTP payloads, in order; the last of each frame bears the marker. */
export type Packetizer = (frame: EncodedFrame, emit: (payload: Uint8Array, marker: boolean) => void) => void;
