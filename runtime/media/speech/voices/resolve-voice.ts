import { RoomflowError, type SpeechVoiceSettings } from '../../../contract/index.ts';
import { fliteVoices } from '../../ffmpeg/index.ts';
import { createEspeakVoice } from './espeak-ng.ts';
import { createFliteVoice } from './flite.ts';
import { createOpenAiVoice } from './openai.ts';
import type { Voice } from './voice.ts';

const DEFAULT_FLITE_VOICE = 'slt';
const DEFAULT_ESPEAK_LANGUAGE = 'en-us';
const espeakLanguage = /^[A-Za-z][A-Za-z0-9-]{1,30}$/;

/**
 * The voice of that name: `flite`, `flite/awb`, `espeak-ng`, `espeak-ng/de`, or a name of the setting `speechVoices`,
 * behind which another voice of the same service may stand (`cloud/nova`).
 *
 * @throws RoomflowError `unknown-voice` with those there are
 */
export function resolveVoice(name: string, voices: Readonly<Record<string, SpeechVoiceSettings>>): Voice {
  const slash = name.indexOf('/');
  const engine = slash < 0 ? name : name.slice(0, slash);
  const variant = slash < 0 ? null : name.slice(slash + 1);
  if (Object.hasOwn(voices, engine)) {
    const settings = voices[engine];
    if (settings && variant !== '') return createOpenAiVoice(name, settings, variant ?? settings.voice);
  } else if (engine === 'flite') {
    const voice = fliteVoices.find((one) => one === (variant ?? DEFAULT_FLITE_VOICE));
    if (voice) return createFliteVoice(name, voice);
  } else if (engine === 'espeak-ng') {
    const language = variant ?? DEFAULT_ESPEAK_LANGUAGE;
    if (espeakLanguage.test(language)) return createEspeakVoice(name, language);
  }
  throw new RoomflowError(
    'unknown-voice',
    `There is no voice "${name}". There are: ${voiceNames(voices).join(', ')}, and espeak-ng/ with a language of it.`,
  );
}

/** Names that {@link resolveVoice} takes, but for espeak-ng's languages. */
export const voiceNames = (voices: Readonly<Record<string, SpeechVoiceSettings>>): string[] => [
  ...Object.keys(voices),
  'flite',
  ...fliteVoices.map((voice) => `flite/${voice}`),
  'espeak-ng',
];
