export * from './types.ts';
export { createListener } from './listener.ts';
export { transcribeFile } from './transcribe-file.ts';
export {
  checkSpeechEngine,
  describeEngine,
  knownEngines,
  requireFiles,
  requireLanguage,
  resolveEngine,
  type EngineReadiness,
  type NamedEngines,
} from './engines/index.ts';
export * from './voices/index.ts';
export { PAUSE_MS as UTTERANCE_PAUSE_MS } from './listening.ts';
