import { createOggReader, isOpusHeader } from '../bitstream/index.ts';
import { startCodecProcess } from './codec-process.ts';

/** How long each packet sounds. */
export const OPUS_PACKET_MS = 20;
const BYTES_PER_SAMPLE = 2;
/** Speech sounds as good as it gets from here on; music of an unknown kind is given more. */
const BITRATES_BPS = { voip: 32_000, audio: 96_000 };

export type OpusEncoderOptions = {
  /** Of what comes in, Hz. */
  sampleRate: number;
  channels: 1 | 2;
  /** What libopus is to be good at; `voip` when left out. */
  application?: 'voip' | 'audio';
  /** One packet of 20 ms, in memory of its own. */
  onPacket: (packet: Uint8Array) => void;
  /** The encoder has ended by itself, with the last it complained of. Called once, not after `close`. */
  onEnd: (complaints: string) => void;
};

/** Sound as it comes, in the packets that a room takes. */
export type OpusEncoder = {
  readonly pid: number | undefined;
  /** Bytes that the process has not taken yet: more than a few seconds of sound mean that it cannot keep up. */
  readonly queuedBytes: number;
  /** Takes s16le samples, those of all channels in turn. They must not be changed afterwards. */
  write(samples: Uint8Array): void;
  /** Ends the process; what it holds is dropped. Idempotent. */
  close(): Promise<void>;
};

/**
 * Opus from samples that come in real time. A packet comes 40 ms after the last sample of it was written, median
 * (20 ms of that is the Ogg page that ffmpeg holds until it knows the next); the first one after 60 ms more.
 */
export function encodeOpus(options: OpusEncoderOptions): OpusEncoder {
  const { sampleRate, channels, application = 'voip', onPacket, onEnd } = options;
  const reader = createOggReader((packet) => {
    if (!isOpusHeader(packet)) onPacket(packet);
  });
  const process = startCodecProcess({
    inputOptions: [
      ...['-probesize', '32', '-analyzeduration', '0'],
      // Without it ffmpeg reads 64 ms at a time.
      ...['-blocksize', String((sampleRate * channels * BYTES_PER_SAMPLE * OPUS_PACKET_MS) / 1000)],
      ...['-f', 's16le', '-ar', String(sampleRate), '-ac', String(channels)],
    ],
    outputOptions: opusOutput(application, channels),
    output: (chunk) => {
      reader.push(chunk);
    },
    onEnd,
  });
  let closing: Promise<void> | null = null;
  return {
    pid: process.pid,
    get queuedBytes() {
      return process.queuedBytes;
    },
    write(samples) {
      if (closing === null) process.write([samples]);
    },
    close() {
      closing ??= process.close();
      return closing;
    },
  };
}

/** Options of an ffmpeg output that is Opus, 20 ms a packet and a page each. */
export const opusOutput = (application: 'voip' | 'audio', channels: 1 | 2): string[] => [
  ...['-c:a', 'libopus', '-application', application, '-frame_duration', String(OPUS_PACKET_MS)],
  ...['-b:a', String(BITRATES_BPS[application]), '-ac', String(channels)],
  ...['-f', 'ogg', '-page_duration', String(OPUS_PACKET_MS * 1000), '-flush_packets', '1'],
];
