import type { SpeechEngineSettings, SpeechEngineView } from '../../../contract/index.ts';
import { languagesOf } from './language-support.ts';
import { findSherpaModel } from './sherpa-onnx/model.ts';

type EngineFacts = Pick<SpeechEngineView, 'type' | 'interim' | 'wordTimes' | 'languages' | 'note'>;

const notes: Record<SpeechEngineSettings['type'], string> = {
  pocketsphinx:
    'Built in and offline, US English only. Modest: it gets many words of clear speech wrong, more with accents, noise or ' +
    'several people in a room. Good for trying things out and for keywords; for minutes and captions set up one of the ' +
    'types openai, deepgram or sherpa-onnx in the setting speechEngines.',
  openai:
    'A service that speaks OpenAI’s /audio/transcriptions (OpenAI, Groq, faster-whisper, whisper.cpp). Accurate, many ' +
    'languages; the text of an utterance comes when it has ended, without interim results. Speech is sent to the service.',
  deepgram:
    'A streaming service that speaks Deepgram’s protocol. Accurate, with interim results and word times. Speech is sent to ' +
    'the service.',
  'sherpa-onnx':
    'Offline, with the model in the folder of the operator, which decides accuracy, languages and whether there are ' +
    'interim results (streaming models).',
};

/** What to expect of an engine, for whoever chooses one. Holds no secrets. */
export function describeEngine(settings: SpeechEngineSettings): EngineFacts {
  return {
    type: settings.type,
    ...abilities(settings),
    languages: languagesOf(settings),
    note: notes[settings.type],
  };
}

function abilities(settings: SpeechEngineSettings): { interim: boolean; wordTimes: boolean } {
  switch (settings.type) {
    case 'pocketsphinx':
    case 'deepgram':
      return { interim: true, wordTimes: true };
    case 'openai':
      return { interim: false, wordTimes: true };
    case 'sherpa-onnx':
      return sherpaAbilities(settings.modelDirectory);
  }
}

/** Of a folder that holds no model, nothing can be expected. */
function sherpaAbilities(directory: string): { interim: boolean; wordTimes: boolean } {
  try {
    const { streaming, wordTimes } = findSherpaModel(directory);
    return { interim: streaming, wordTimes };
  } catch {
    return { interim: false, wordTimes: false };
  }
}
