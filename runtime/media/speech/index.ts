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
export { networkProblem } from './network-problem.ts';
export { retryAfterMs } from './engines/engine-failure.ts';
export * from './voices/index.ts';
export { PAUSE_MS as UTTERANCE_PAUSE_MS } from './listening.ts';
