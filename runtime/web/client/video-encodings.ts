import type { TrackKind } from '../../contract/index.ts';

const REFERENCE_HEIGHT = 720;
const layers = [
  { rid: 'low', scaleResolutionDownBy: 4, bitsPerSecond: 150_000 },
  { rid: 'med', scaleResolutionDownBy: 2, bitsPerSecond: 500_000 },
  { rid: 'high', scaleResolutionDownBy: 1, bitsPerSecond: 1_200_000 },
] as const;
/**
 * Three temporal layers each, of which a subscriber with too little bandwidth gets fewer pictures a second instead of
 * smaller ones. Chromium makes them of VP8 simulcast anyway, but of a single encoding only when it is asked to.
 */
const TEMPORAL_LAYERS = 'L1T3';
const SCREEN_BITS_PER_SECOND = 2_500_000;

/**
 * Chromium sends only so many layers of a small picture (its `GetSimulcastFormat`), and of those offered it is
 * the largest that it leaves out. So small cameras are offered fewer: what they show is never sent scaled down only.
 */
function layerCount(height: number): number {
  if (height >= 720) {
    return 3;
  }
  return height >= 360 ? 2 : 1;
}

/** With what WebRTC-SVC (W3C, section 5.1) adds, which TypeScript's library does not know yet. */
export type VideoEncoding = RTCRtpEncodingParameters & { scalabilityMode?: string };

/**
 * Encodings to send for a track: up to three simulcast layers for a camera of `height` lines (RFC 8853), one
 * full-size encoding for a screen, whose text does not survive scaling, and the browser's own for sound.
 */
export function sendEncodings(kind: TrackKind, height: number): VideoEncoding[] {
  if (kind === 'screen_video') {
    return [{ maxBitrate: SCREEN_BITS_PER_SECOND, maxFramerate: 15 }];
  }
  if (kind !== 'video') {
    return [];
  }
  const share = Math.min(1.5, (height / REFERENCE_HEIGHT) ** 2);
  return layers.slice(-layerCount(height)).map(({ rid, scaleResolutionDownBy, bitsPerSecond }) => ({
    rid,
    scaleResolutionDownBy,
    scalabilityMode: TEMPORAL_LAYERS,
    maxBitrate: Math.max(60_000, Math.round(bitsPerSecond * share)),
  }));
}

/**
 * Codecs in the order to offer them: VP8 first, because it is recorded into WebM without transcoding and every
 * browser simulcasts it; the others stay as the browser ranks them.
 */
export function preferVp8<T extends { mimeType: string }>(codecs: readonly T[]): T[] {
  const isVp8 = (codec: T): boolean => codec.mimeType.toLowerCase() === 'video/vp8';
  return [...codecs.filter(isVp8), ...codecs.filter((codec) => !isVp8(codec))];
}
