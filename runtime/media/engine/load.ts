import { RoomflowError } from '../../contract/index.ts';
import type { CodecEngine } from './engine.ts';
import { createFfmpegEngine } from './ffmpeg/ffmpeg-engine.ts';
import { createNodeAvEngine } from './node-av/node-av-engine.ts';

export type EngineChoice = 'auto' | 'node-av' | 'ffmpeg';

/**
 * Opens a codec engine: node-av where its binary loads, ffmpeg children elsewhere, or the one that is asked for.
 *
 * @throws `composition-failed` when none of those asked for runs on this machine; the message says why and what to
 *   install.
 */
export const loadCodecEngine = async (choice: EngineChoice): Promise<CodecEngine> => {
  const ways = [
    ...(choice === 'ffmpeg' ? [] : [createNodeAvEngine]),
    ...(choice === 'node-av' ? [] : [createFfmpegEngine]),
  ];
  const reasons: string[] = [];
  for (const open of ways) {
    try {
      return await open();
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new RoomflowError(
    'composition-failed',
    `No codec engine runs here (${choice}): ${reasons.join('; ')}`,
  );
};
