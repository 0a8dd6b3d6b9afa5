import { RoomflowError } from '../../contract/index.ts';
import type { CodecEngine } from './engine.ts';
import { createNodeAvEngine } from './node-av/node-av-engine.ts';

export type EngineChoice = 'auto' | 'node-av' | 'ffmpeg';

/**
 * Opens a codec engine: node-av where its binary loads, ffmpeg children elsewhere, or the one that is asked for.
 *
 * @throws `composition-failed` when the engine does not run on this machine; the message says why and what to install.
 */
export const loadCodecEngine = async (choice: EngineChoice): Promise<CodecEngine> => {
  if (choice === 'ffmpeg')
    throw new RoomflowError('composition-failed', 'The ffmpeg engine is not there yet.');
  try {
    return await createNodeAvEngine();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('composition-failed', `No codec engine runs here: ${why}`, { cause });
  }
};
