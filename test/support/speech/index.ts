export {
  SPEECH_SAMPLE_RATE,
  encodeSpeech,
  speak,
  writeSpeech,
  type Line,
  type Speech,
  type SpokenLine,
  type Voice,
} from './spoken.ts';
export { launchSpeakingBrowser } from './speaking-browser.ts';
export { speakAs, type SpeakingGuest } from './speaking-guest.ts';
export { wordErrorRate, wordErrors, wordsOf } from './word-error-rate.ts';
export { linesOf, sentences } from './lines.ts';
export { recogniseStraight } from './straight.ts';
export { listenIn, loudIn, type LoudSound } from './ears.ts';
