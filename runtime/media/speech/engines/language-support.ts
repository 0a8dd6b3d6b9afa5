import { RoomflowError, type SpeechEngineSettings } from '../../../contract/index.ts';
import { primaryLanguage } from './language-name.ts';

/** Tags of what an engine understands; null when it depends on its service or model. */
export const languagesOf = (settings: SpeechEngineSettings): string[] | null =>
  // A folder of one's own may hold any language.
  settings.type === 'pocketsphinx' && settings.modelDirectory === undefined ? ['en', 'en-US'] : null;

/** @throws RoomflowError `unsupported-language` */
export function requireLanguage(name: string, settings: SpeechEngineSettings, language: string | null): void {
  const known = languagesOf(settings);
  if (language === null || known === null) return;
  if (!known.some((tag) => tag.toLowerCase() === language.toLowerCase())) {
    const hint =
      primaryLanguage(language) === 'en' ? 'Ask for en, or leave the language out' : 'Choose another engine';
    throw new RoomflowError(
      'unsupported-language',
      `The engine "${name}" does not understand "${language}", only ${known.join(' and ')}. ${hint}.`,
    );
  }
}
