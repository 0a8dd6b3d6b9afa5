import { OPUS_PACKET_MS, encodeOpus, opusPacketDurationMs, type OpusEncoder } from '../../media/index.ts';

/** What comes out of the encoder only once more goes in: a page of Ogg, and what libopus looks ahead. */
const HELD_BACK_MS = 100;
/** An encoder that cannot be started, or ends at once, is not tried again before; what comes meanwhile is not heard. */
const RESTART_INTERVAL_MS = 500;

/** Turns what a client sends into Opus packets, in order. */
export type OpusSource = {
  /** @returns why the message cannot be taken; null when it was. */
  take(message: Buffer): string | null;
  /** What was taken and is no packet yet. */
  readonly pendingMs: number;
  /**
   * No more comes for now: what is held back is to come out, with a little silence behind it.
   *
   * @returns false when nothing is held back: what was taken has come out.
   */
  flush(): boolean;
  close(): Promise<void>;
};

/** The largest frame (RFC 6716 section 3.2.1), and more than a datagram of most paths carries. */
const MOST_OPUS_BYTES = 1275;

type OnPacket = (packet: Uint8Array, durationMs: number) => void;

/** Each message is a packet. */
export function opusPackets(onPacket: OnPacket): OpusSource {
  return {
    take(message) {
      const durationMs = opusPacketDurationMs(message);
      if (durationMs === 0) {
        return `${message.length} bytes are not an Opus packet`;
      }
      if (message.length > MOST_OPUS_BYTES) {
        return `a packet of ${message.length} bytes reaches nobody; ${MOST_OPUS_BYTES} are the most`;
      }
      onPacket(message, durationMs);
      return null;
    },
    pendingMs: 0,
    flush: () => false,
    close: () => Promise.resolve(),
  };
}

/** Messages of any length are samples: s16le, mono. An encoder that ends is replaced with the next of them. */
export function opusOfPcm(sampleRate: number, onPacket: OnPacket): OpusSource {
  const bytesPerMs = (sampleRate * 2) / 1000;
  let encoder: OpusEncoder | null = null;
  let pendingMs = 0;
  let isFlushed = true;
  let nextEncoderAtMs = -Infinity;

  function write(samples: Uint8Array): void {
    if (encoder === null && performance.now() < nextEncoderAtMs) {
      return;
    }
    pendingMs += samples.length / bytesPerMs;
    encoder ??= openEncoder();
    encoder.write(samples);
  }

  function openEncoder(): OpusEncoder {
    nextEncoderAtMs = performance.now() + RESTART_INTERVAL_MS;
    const opened = encodeOpus({
      sampleRate,
      channels: 1,
      onPacket(packet) {
        pendingMs = Math.max(0, pendingMs - OPUS_PACKET_MS);
        onPacket(packet, OPUS_PACKET_MS);
      },
      onEnd() {
        if (encoder === opened) {
          encoder = null;
          pendingMs = 0;
        }
      },
    });
    return opened;
  }

  return {
    take(message) {
      if (message.length % 2 !== 0) {
        return `${message.length} bytes are no whole samples: s16le has two bytes each`;
      }
      isFlushed = false;
      write(message);
      return null;
    },
    get pendingMs() {
      return pendingMs;
    },
    flush() {
      if (isFlushed) {
        return false;
      }
      isFlushed = true;
      write(new Uint8Array(HELD_BACK_MS * bytesPerMs));
      return true;
    },
    async close() {
      await encoder?.close();
    },
  };
}
