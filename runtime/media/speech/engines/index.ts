export { createSpeechEngine } from './create-engine.ts';
export { describeEngine } from './describe-engine.ts';
export { requireLanguage } from './language-support.ts';
export { checkSpeechEngine, requireFiles, type EngineReadiness } from './readiness.ts';
export { knownEngines, resolveEngine, type NamedEngines } from './resolve-engine.ts';
