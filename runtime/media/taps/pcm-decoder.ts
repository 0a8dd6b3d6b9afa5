import { OpusDecoder } from 'opus-decoder';
import { opusPacketDurationMs } from '../bitstream/index.ts';
import type { EncodedFrame } from '../frame.ts';

/** How long each block sounds. */
export const PCM_BLOCK_MS = 20;
/** The session clock slews by less from one packet to the next; what is further off is a hole. */
const HOLE_MS = 10;
/** Packets that come while the decoder is opened (up to 20 ms, or 200 on a busy machine). */
const MOST_WAITING = 25;
/** Of one packet (RFC 6716 section 3.2.1: 1275 bytes a frame, 48 frames at most in 120 ms). */
const MOST_PACKET_BYTES = 1275 * 48;

export type PcmRate = 16_000 | 48_000;

/** Opus packets of one track in, blocks of s16le mono out. */
export type PcmDecoder = {
  push(frame: EncodedFrame): void;
  close(): void;
};

/**
 * Decodes one track into blocks of 20 ms. Silence that was not sent is not made up: the time of the block behind it
 * tells, and a block before it may be shorter.
 *
 * @param onBlock - Is given memory that is used again afterwards, and when its first sample sounded, on the session
 * clock.
 */
export function createPcmDecoder(options: {
  sampleRate: PcmRate;
  onBlock: (samples: Uint8Array, timeMs: number) => void;
}): PcmDecoder {
  const { sampleRate, onBlock } = options;
  const samplesPerMs = sampleRate / 1000;
  const blockSamples = PCM_BLOCK_MS * samplesPerMs;
  // libopus itself makes one channel of two, and 16 kHz of any rate.
  const decoder = new OpusDecoder({ sampleRate, channels: 1 });
  let waiting: EncodedFrame[] | null = [];
  let closed = false;
  const block = new Int16Array(blockSamples);
  let filled = 0;
  let blockTimeMs = 0;
  let nextTimeMs = 0;

  void decoder.ready.then(() => {
    if (closed) {
      decoder.free();
      return;
    }
    const arrived = waiting ?? [];
    waiting = null;
    for (const frame of arrived) {
      decode(frame);
    }
  });

  function decode(frame: EncodedFrame): void {
    if (opusPacketDurationMs(frame.data) === 0 || frame.data.length > MOST_PACKET_BYTES) {
      return;
    }
    const samples = decoder.decodeFrame(frame.data).channelData[0];
    if (samples === undefined || samples.length === 0) {
      return;
    }
    if (filled > 0 && Math.abs(frame.timestampMs - nextTimeMs) > HOLE_MS) {
      deliver();
    }
    for (let index = 0; index < samples.length; index += 1) {
      if (filled === 0) {
        blockTimeMs = frame.timestampMs + index / samplesPerMs;
      }
      block[filled] = Math.max(-32_768, Math.min(32_767, Math.round((samples[index] ?? 0) * 32_767)));
      filled += 1;
      if (filled === blockSamples) {
        deliver();
      }
    }
    nextTimeMs = frame.timestampMs + samples.length / samplesPerMs;
  }

  function deliver(): void {
    const bytes = filled * block.BYTES_PER_ELEMENT;
    filled = 0;
    onBlock(new Uint8Array(block.buffer, 0, bytes), blockTimeMs);
  }

  return {
    push(frame) {
      if (waiting === null) {
        decode(frame);
      } else if (waiting.length < MOST_WAITING) {
        waiting.push(frame);
      }
    },
    close() {
      if (!closed) {
        closed = true;
        if (waiting === null) {
          decoder.free();
        }
        waiting = [];
      }
    },
  };
}
