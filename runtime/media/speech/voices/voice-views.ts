import type { SpeechVoiceSettings, VoiceView } from '../../../contract/index.ts';
import { hasFlite } from '../../ffmpeg/index.ts';
import { espeakVoices } from './espeak-ng.ts';
import { voiceNames } from './resolve-voice.ts';

/** Whether something can be used, and if not, why and what to do. */
type Readiness = { ready: boolean; message: string | null };

const READY: Readiness = { ready: true, message: null };

/** Every voice that a play may name, and whether it is there. */
export async function voiceViews(
  voices: Readonly<Record<string, SpeechVoiceSettings>>,
  defaultVoice: string,
): Promise<VoiceView[]> {
  const [flite, espeak] = await Promise.all([fliteReadiness(), espeakReadiness()]);
  const languages = espeak.languages.map((language) => `espeak-ng/${language}`);
  return [...voiceNames(voices), ...languages].map((name) => {
    const type = Object.hasOwn(voices, name) ? 'openai' : (name.split('/')[0] ?? name);
    const readiness = type === 'flite' ? flite : type === 'espeak-ng' ? espeak : READY;
    return {
      name,
      type,
      ready: readiness.ready,
      message: readiness.message,
      isDefault: name === defaultVoice,
    };
  });
}

/**
 * Whether the program that a voice needs is there. That a service can be reached, and takes the key, shows with the
 * first words.
 */
export async function voiceReadiness(
  name: string,
  voices: Readonly<Record<string, SpeechVoiceSettings>>,
): Promise<Readiness> {
  const engine = name.split('/')[0] ?? name;
  if (Object.hasOwn(voices, engine)) return READY;
  if (engine === 'flite') return fliteReadiness();
  const { ready, message, languages } = await espeakReadiness();
  const language = name.split('/')[1]?.toLowerCase();
  if (!ready || language === undefined || languages.some((one) => one.toLowerCase() === language)) {
    return { ready, message };
  }
  return {
    ready: false,
    message: `espeak-ng does not speak "${language}". It speaks: ${languages.join(', ')}.`,
  };
}

async function fliteReadiness(): Promise<Readiness> {
  const message =
    'This ffmpeg was built without flite. Install one with it, such as Debian’s, or choose another voice.';
  try {
    return (await hasFlite()) ? READY : { ready: false, message };
  } catch (error) {
    return { ready: false, message: `${message} ${error instanceof Error ? error.message : ''}`.trim() };
  }
}

async function espeakReadiness(): Promise<Readiness & { languages: string[] }> {
  try {
    return { ...READY, languages: await espeakVoices() };
  } catch {
    // Whatever hinders it, it does not run.
    return {
      ready: false,
      message: 'The program espeak-ng is not on PATH. Install it (Debian: apt install espeak-ng).',
      languages: [],
    };
  }
}
