export { resolveVoice } from './resolve-voice.ts';
export { isSpeakable, sentencesOf } from './sentences.ts';
export type { SpokenStream, Voice } from './voice.ts';
export { voiceReadiness, voiceViews } from './voice-views.ts';
