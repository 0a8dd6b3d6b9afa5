import type * as Constants from 'node-av/constants';
import type * as Library from 'node-av/lib';

/** FFmpeg's libraries in this process. */
export type NodeAv = typeof Library & { constants: typeof Constants };

/**
 * Loads node-av, an optional dependency.
 *
 * @throws when it is not installed, or its binary does not run on this machine.
 */
export const loadNodeAv = async (): Promise<NodeAv> => {
  const [library, constants] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
  // Decoders complain of every damaged frame; what concerns us comes back as a result.
  library.Log.setLevel(constants.AV_LOG_FATAL);
  return { ...library, constants };
};

/** Throws what FFmpeg says of a negative result. */
export const checkResult = (av: NodeAv, result: number, what: string): void => {
  if (result < 0) throw new Error(`${what}: ${new av.FFmpegError(result).message}`);
};
