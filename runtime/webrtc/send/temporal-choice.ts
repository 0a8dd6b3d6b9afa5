import type { CodecName } from '../codec/key-frame.ts';
import type { PictureFacts } from '../codec/picture-facts.ts';

/** Higher than any temporal layer. */
export const allTemporalLayers = 7;

/**
 * The highest temporal layer that one subscriber gets of the picture that begins now: down at once, up only where
 * the pictures that were left out are not needed any more. Pure.
 *
 * @param current of the picture before
 */
export function chooseTemporalLayer(
  codec: CodecName,
  current: number,
  target: number,
  picture: Readonly<PictureFacts & { startsKeyFrame: boolean }>,
): number {
  if (target <= current || picture.startsKeyFrame) {
    return target;
  }
  if (!picture.switchesUp) {
    return current;
  }
  if (codec === 'vp8') {
    // One layer after the other: a layer's sync picture says nothing of those between it and the base.
    return picture.temporal === current + 1 ? picture.temporal : current;
  }
  return picture.temporal <= current ? target : current;
}
