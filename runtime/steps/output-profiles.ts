import type { CompositionConfig, Quality } from '../contract/index.ts';
import type { OutputProfile } from '../media/index.ts';

const videoBitratesBps = {
  low: 1_200_000,
  med: 2_500_000,
  high: 5_000_000,
} as const satisfies Record<Quality, number>;

/** Short enough for HLS segments and for platforms that ask for two seconds; the same for all, so that all share one. */
const KEY_FRAME_INTERVAL_MS = 2000;

type Size = { width: number; height: number };

/** What MP4, Matroska, RTMP and HLS take alike, so that one encoder makes them all; `size` null for sound alone. */
export function broadcastProfile(size: Size | null, config: CompositionConfig = {}): OutputProfile {
  return {
    video: videoOf('h264', size, config),
    audio: { codec: 'aac', bitrateBps: 128_000 },
  };
}

/** What WebM and Ogg take: open codecs. */
export function openProfile(size: Size | null, config: CompositionConfig = {}): OutputProfile {
  return {
    video: videoOf('vp8', size, config),
    audio: { codec: 'opus', bitrateBps: 96_000 },
  };
}

/** Bits a second of picture and sound together. */
export const bitrateOf = ({ video, audio }: OutputProfile): number =>
  (video?.bitrateBps ?? 0) + audio.bitrateBps;

function videoOf(
  codec: 'h264' | 'vp8',
  size: Size | null,
  { quality }: CompositionConfig,
): OutputProfile['video'] {
  return (
    size && {
      codec,
      width: size.width,
      height: size.height,
      bitrateBps: videoBitratesBps[quality ?? 'med'],
      keyFrameIntervalMs: KEY_FRAME_INTERVAL_MS,
    }
  );
}
