import type { CodecEngine } from './engine.ts';

export type EngineChoice = 'auto' | 'node-av' | 'ffmpeg';

/** Only the engine that is used is loaded: the other one's modules would take as long as all the rest of a start. */
const engines: Record<CodecEngine['name'], () => Promise<CodecEngine>> = {
  'node-av': async () => (await import('./node-av/node-av-engine.ts')).createNodeAvEngine(),
  ffmpeg: async () => (await import('./ffmpeg/ffmpeg-engine.ts')).createFfmpegEngine(),
};

/**
 * Opens a codec engine: node-av where its binary loads, ffmpeg processes elsewhere, or the one that is asked for.
 *
 * @throws when none of those asked for runs on this machine; the message says why and what to install.
 */
export const loadCodecEngine = async (choice: EngineChoice): Promise<CodecEngine> => {
  const names = choice === 'auto' ? (['node-av', 'ffmpeg'] as const) : [choice];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return await engines[name]();
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`No codec engine runs here. ${reasons.join('; ')}`);
};
