/** Frame duration in ms by TOC configuration number (RFC 6716 §3.1, table 2). */
const FRAME_DURATIONS_MS = [
  10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10,
  20, 2.5, 5, 10, 20,
];

/** How long an Opus packet sounds, in milliseconds; 0 for a packet that is not one (RFC 6716 §3). */
export const opusPacketDurationMs = (packet: Uint8Array): number => {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const frameMs = FRAME_DURATIONS_MS[toc >> 3] ?? 0;
  const code = toc & 3;
  if (code === 0) return frameMs;
  if (code !== 3) return 2 * frameMs;
  const count = (packet[1] ?? 0) & 63;
  const totalMs = count * frameMs;
  return totalMs <= 120 ? totalMs : 0;
};

/** Digital silence of 20 ms: a full-band CELT frame. Decoders mix mono up to the track's channels. */
export const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
export const OPUS_SILENCE_MS = 20;

/** WebRTC always signals two channels; a packet says itself whether it uses them (RFC 7587 §4.1, §7). */
export const OPUS_CHANNELS = 2;
export const OPUS_SAMPLE_RATE = 48_000;

/** OpusHead (RFC 7845 §5.1). Pre-skip is 0: a live stream's first packet is not the encoder's first. */
export const createOpusHead = (): Uint8Array => {
  const head = new Uint8Array(19);
  head.set(new TextEncoder().encode('OpusHead'));
  head[8] = 1;
  head[9] = OPUS_CHANNELS;
  new DataView(head.buffer).setUint32(12, OPUS_SAMPLE_RATE, true);
  return head;
};
