import { OpusDecoder } from 'opus-decoder';
import { opusPacketDurationMs } from './bitstream/index.ts';

/** Silence, RFC 6464. */
const SILENT_LEVEL = 127;
/** While the decoder is opened a packet that holds sound counts as speech of common loudness. */
const ASSUMED_LEVEL = 30;
/** A packet without sound is shorter (discontinuous transmission, RFC 6716 section 2.1.9). */
const LEAST_SOUND_BYTES = 6;

/** Measures how loud Opus packets of one stream are. */
export type OpusLevelMeter = {
  /** The level of the next packet, as RFC 6464 has it: 0 (0 dBov) to 127 (silence). */
  level(packet: Uint8Array): number;
  close(): void;
};

/** Opens a meter for one stream; its packets must all be given to it, in order. */
export function createOpusLevelMeter(): OpusLevelMeter {
  // Loudness needs no more than 8 kHz: 0.05 ms a packet.
  const decoder = new OpusDecoder({ sampleRate: 8000, channels: 1 });
  let ready = false;
  let closed = false;
  void decoder.ready.then(() => {
    if (closed) {
      decoder.free();
    } else {
      ready = true;
    }
  });
  return {
    level(packet) {
      if (packet.length < LEAST_SOUND_BYTES || opusPacketDurationMs(packet) === 0) {
        return SILENT_LEVEL;
      }
      const samples = ready ? decoder.decodeFrame(packet).channelData[0] : undefined;
      return samples === undefined ? ASSUMED_LEVEL : levelOf(samples);
    },
    close() {
      if (!closed) {
        closed = true;
        if (ready) {
          decoder.free();
        }
      }
    },
  };
}

/** Root mean square of samples between -1 and 1, in -dBov. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    sum += sample * sample;
  }
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length));
  return Math.round(Math.max(0, Math.min(SILENT_LEVEL, -decibels)));
}
