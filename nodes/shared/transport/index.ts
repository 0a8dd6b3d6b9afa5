export {
  attemptRuntime,
  callRuntime,
  credentialName,
  downloadFromRuntime,
  getBaseUrl,
  uploadToRuntime,
  type Outcome,
  type RuntimeCall,
  type RuntimeContext,
} from './call-runtime';
export { fetchFromRuntime } from './fetch-runtime';
export { listFromRuntime } from './list-all';
export { toNodeError } from './node-error';
export {
  errorOfAnswer,
  errorOfBaseUrl,
  errorOfSilence,
  isConfigurationError,
  RuntimeError,
} from './runtime-error';
