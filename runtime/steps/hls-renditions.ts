import { qualitySizes, type Quality } from '../contract/index.ts';

type Size = { width: number; height: number };

/** One rendition of an HLS stream. `name` is its folder. */
export type HlsRendition = { name: string; quality: Quality; size: Size | null };

/** Name of the one rendition that a stream of sound alone has. */
export const AUDIO_RENDITION = 'audio';

const qualities: readonly Quality[] = ['high', 'med', 'low'];

/**
 * The ladder: the composition as it is, and of the rungs asked for those that are smaller. Sound alone has no rungs.
 *
 * @param size of the composition's picture, or null for sound alone
 */
export function hlsRenditions(size: Size | null, rungs: readonly Quality[]): HlsRendition[] {
  if (size === null) {
    return [{ name: AUDIO_RENDITION, quality: 'med', size }];
  }
  const own = qualities.find((quality) => lengthOf(quality) === Math.max(size.width, size.height)) ?? 'med';
  const lower = qualities.filter(
    (quality) => rungs.includes(quality) && lengthOf(quality) < Math.max(size.width, size.height),
  );
  return [
    { name: own, quality: own, size },
    ...lower.map((quality) => {
      const { width, height } = qualitySizes[quality];
      const isPortrait = size.height > size.width;
      return {
        name: quality,
        quality,
        size: isPortrait ? { width: height, height: width } : { width, height },
      };
    }),
  ];
}

const lengthOf = (quality: Quality): number => qualitySizes[quality].width;
