import type { SubscribeLayer } from '../../contract/index.ts';

/**
 * The simulcast layer that fills a tile of `height` CSS pixels without sending pixels that nobody sees.
 * Layers are a quarter, a half and the whole of a 720-line camera; a tile may be enlarged by a third.
 */
export function layerForHeight(height: number, pixelRatio: number): SubscribeLayer {
  // Beyond 1.5 the eye gains little from a phone's dense screen, and the sender's bits are dear.
  const lines = height * Math.min(1.5, pixelRatio);
  if (lines <= 240) {
    return 'low';
  }
  return lines <= 480 ? 'med' : 'high';
}
