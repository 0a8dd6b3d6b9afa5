import type { SpeechEngineSettings, SpeechEngineView } from '../../contract/index.ts';
import {
  checkSpeechEngine,
  describeEngine,
  knownEngines,
  requireFiles,
  requireLanguage,
  resolveEngine,
} from '../../media/index.ts';

/** Which recogniser a call asks for: by the runtime's name of the key, or by VideoSDK's. */
export type AskedEngine = {
  engine?: string | undefined;
  modelId?: string | undefined;
  language?: string | undefined;
};

/** A recogniser that can be started, and in what language. `settings` hold secrets. */
export type ChosenEngine = { name: string; settings: SpeechEngineSettings; language: string | null };

/** The operator's recognisers. */
export type SpeechEngines = {
  /**
   * The recogniser asked for, once it is known that it can be started.
   *
   * @throws RoomflowError `unknown-engine`, `unsupported-language`, `engine-not-ready`
   */
  choose(asked: AskedEngine): Promise<ChosenEngine>;
  /** The name that `asked` comes to; whether it can be started was seen before. */
  nameOf(asked: AskedEngine): string;
  views(): Promise<SpeechEngineView[]>;
};

export function createSpeechEngines(options: {
  engines: Readonly<Record<string, SpeechEngineSettings>>;
  defaultEngine: string;
}): SpeechEngines {
  const nameOf = ({ engine, modelId }: AskedEngine): string => engine ?? modelId ?? options.defaultEngine;
  return {
    nameOf,
    async choose({ engine, modelId, language = null }) {
      const { name, settings } = resolveEngine(engine ?? modelId, options);
      requireLanguage(name, settings, language);
      requireFiles(settings);
      return { name, settings, language };
    },
    async views() {
      return Object.entries(knownEngines(options.engines)).map(([name, settings]) => ({
        name,
        ...checkSpeechEngine(settings),
        isDefault: name === options.defaultEngine,
        ...describeEngine(settings),
      }));
    },
  };
}
