/** Codecs a frame may hold. */
export type AudioCodec = 'opus' | 'aac';
export type VideoCodec = 'vp8' | 'vp9' | 'h264' | 'av1';
/** Codecs that come in RTP; AAC is only ever made here. */
export type RtpCodec = Exclude<AudioCodec, 'aac'> | VideoCodec;

/**
 * The one currency of the media floor: one encoded frame, placed on the session clock.
 *
 * `data` is a whole access unit: an Opus packet, a raw AAC-LC frame of 1024 samples (48 kHz, stereo, without ADTS
 * header), a VP8 frame, a VP9 frame or superframe, an H.264 access unit in
 * Annex B form with its parameter sets in front of key frames, or an AV1 temporal unit without temporal delimiter.
 * It is not changed after it has been handed on, so any number of sinks may keep it.
 */
export type EncodedFrame = {
  kind: 'audio' | 'video';
  codec: AudioCodec | VideoCodec;
  /** Capture time on the session clock, in milliseconds. */
  timestampMs: number;
  /** Whether decoding can start here. Always true for audio. */
  key: boolean;
  data: Uint8Array;
  /** Picture size in pixels, on key frames. */
  width?: number;
  height?: number;
};
