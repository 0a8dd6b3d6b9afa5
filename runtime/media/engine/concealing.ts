import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { SoundDecoder, StereoSamples } from './engine.ts';

/** What becomes of a packet that is none. */
export const NO_SAMPLES: StereoSamples = { left: new Float32Array(0), right: new Float32Array(0) };

/** Configuration and channels of the table of contents, without the number of frames (RFC 6716 §3.1). */
const SINGLE_FRAME_MASK = 0xfc;

/**
 * A decoder that also stands in for lost packets: libopus conceals the length that a packet's table of contents names
 * when nothing follows it.
 *
 * @param decode - Decodes a packet with libopus; its result need not outlive the next call.
 */
export const concealing = (
  decode: (packet: Uint8Array) => StereoSamples,
  close: () => void,
): SoundDecoder => {
  const lost = Uint8Array.of(0);
  let lostFrames = 0;
  return {
    decode(packet) {
      const durationMs = opusPacketDurationMs(packet);
      if (durationMs === 0) return NO_SAMPLES;
      lost[0] = (packet[0] ?? 0) & SINGLE_FRAME_MASK;
      lostFrames = durationMs / opusPacketDurationMs(lost);
      return decode(packet);
    },
    conceal() {
      if (lostFrames === 0) return NO_SAMPLES;
      if (lostFrames === 1) return decode(lost);
      const guessed: StereoSamples[] = [];
      for (let frame = 0; frame < lostFrames; frame++) {
        const { left, right } = decode(lost);
        guessed.push({ left: left.slice(), right: right.slice() });
      }
      return {
        left: joined(guessed.map(({ left }) => left)),
        right: joined(guessed.map(({ right }) => right)),
      };
    },
    close,
  };
};

const joined = (parts: Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
