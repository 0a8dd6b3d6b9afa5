import { RoomflowError, builtInEngine, type SpeechEngineSettings } from '../../../contract/index.ts';

export type NamedEngines = Readonly<Record<string, SpeechEngineSettings>>;

/** The operator’s engines and the built-in one, which the operator may replace under its own name. */
export const knownEngines = (engines: NamedEngines): NamedEngines => ({
  [builtInEngine]: { type: 'pocketsphinx' },
  ...engines,
});

/**
 * The engine of a name, or the default one.
 *
 * @throws RoomflowError `unknown-engine` with the names that there are
 */
export function resolveEngine(
  name: string | undefined,
  config: { engines: NamedEngines; defaultEngine: string },
): { name: string; settings: SpeechEngineSettings } {
  const known = knownEngines(config.engines);
  const wanted = name ?? config.defaultEngine;
  const settings = Object.hasOwn(known, wanted) ? known[wanted] : undefined;
  if (settings === undefined) {
    const setting = name === undefined ? ' (the setting defaultSpeechEngine)' : '';
    throw new RoomflowError(
      'unknown-engine',
      `There is no speech engine "${wanted}"${setting}. There are: ${Object.keys(known).join(', ')}.`,
    );
  }
  return { name: wanted, settings };
}
