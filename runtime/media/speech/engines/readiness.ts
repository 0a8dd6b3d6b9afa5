import { RoomflowError, type SpeechEngineSettings } from '../../../contract/index.ts';
import { findLibraries, findModel } from './pocketsphinx/model.ts';
import { findSherpaModel, requireSherpaPackage } from './sherpa-onnx/model.ts';

/** Whether an engine can be started, and if not, why and what to do. */
export type EngineReadiness = { ready: boolean; message: string | null };

/**
 * Sees whether the libraries and the model of an engine are in place, by their files: no native code is loaded. That a
 * service can be reached, and takes the key, shows with the first utterance.
 *
 * @throws RoomflowError `engine-not-ready`
 */
export function requireFiles(settings: SpeechEngineSettings): void {
  switch (settings.type) {
    case 'pocketsphinx':
      findLibraries();
      findModel(settings.modelDirectory);
      break;
    case 'sherpa-onnx':
      requireSherpaPackage();
      findSherpaModel(settings.modelDirectory);
      break;
    case 'openai':
    case 'deepgram':
      break;
  }
}

/** {@link requireFiles} as an answer. */
export function checkSpeechEngine(settings: SpeechEngineSettings): EngineReadiness {
  try {
    requireFiles(settings);
    return { ready: true, message: null };
  } catch (error) {
    if (error instanceof RoomflowError) return { ready: false, message: error.message };
    throw error;
  }
}
