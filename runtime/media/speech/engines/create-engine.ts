import type { SpeechEngineSettings } from '../../../contract/index.ts';
import type { SpeechEngine } from '../types.ts';
import { createDeepgramEngine } from './deepgram/index.ts';
import { createOpenAiEngine } from './openai.ts';
import { createPocketSphinxEngine } from './pocketsphinx/index.ts';
import { requireFiles } from './readiness.ts';
import { retrying } from './retrying.ts';
import { createSherpaOnnxEngine } from './sherpa-onnx/index.ts';

/**
 * Opens a recogniser in this process. Native code is loaded with the first utterance, and may end the process it is in:
 * call this in a child made for it.
 *
 * @throws RoomflowError `engine-not-ready` when a library or a model is missing
 */
export function createSpeechEngine(settings: SpeechEngineSettings): SpeechEngine {
  requireFiles(settings);
  switch (settings.type) {
    case 'pocketsphinx':
      return createPocketSphinxEngine(settings.modelDirectory);
    case 'sherpa-onnx':
      return createSherpaOnnxEngine(settings);
    case 'openai':
      return retrying(createOpenAiEngine(settings));
    case 'deepgram':
      return retrying(createDeepgramEngine(settings));
  }
}
