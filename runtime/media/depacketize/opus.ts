import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

/** Opus: a packet is a frame (RFC 7587 §4.2). Losses need no care, every packet decodes by itself. */
export const createOpusDepacketizer = ({ onFrame }: DepacketizerOptions): Depacketizer => {
  let framesDropped = 0;
  return {
    push(payload, _marker, rtpTimestamp) {
      if (opusPacketDurationMs(payload) === 0) {
        if (payload.length > 0) framesDropped++;
        return;
      }
      // Copied: the payload shares its memory with the packet, which others may still rewrite.
      onFrame(payload.slice(), true, rtpTimestamp, undefined, undefined);
    },
    lost() {},
    get framesDropped() {
      return framesDropped;
    },
  };
};
